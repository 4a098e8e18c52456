"""Parts of the main screen: status line, detail strip, tables."""
