"""Pictures of the screen, made by a script from the demo clusters so that they can be made again."""
