"""A row of any of the four views."""

from bwtop.model.rows import EndpointRow, LimitRow, NodeRow, PodRow

Row = PodRow | NodeRow | EndpointRow | LimitRow
