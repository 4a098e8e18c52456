"""What differs between Cilium versions: the shape of the bandwidth list, the binary's name, bad annotations.

Measured with the real binaries of 1.13 to 1.20 (tests/demo/recordings).
"""

import msgspec


class Era(msgspec.Struct, frozen=True):
    version: tuple[int, int]

    @property
    def has_cilium_dbg(self) -> bool:
        """`cilium` was renamed in 1.15 and stays as a link."""
        return self.version >= (1, 15)

    @property
    def keeps_limit_of_bad_value(self) -> bool:
        """Up to 1.16 an annotation that does not parse leaves the old row, later it removes it."""
        return self.version < (1, 17)

    @property
    def row_for_every_pod(self) -> bool:
        """Pods without a limit have a row of 0, the host one of 0 with priority 7; priorities exist."""
        return self.version >= (1, 17)

    @property
    def looks_at_priority_alone(self) -> bool:
        """Up to 1.19 an annotation of priority is read only when that of the bandwidth has changed (cilium#44329)."""
        return self.version >= (1, 20)

    @property
    def has_ingress(self) -> bool:
        return self.version >= (1, 18)

    @property
    def logs_to_stdout(self) -> bool:
        return self.version >= (1, 18)

    @property
    def cep_columns(self) -> str:
        if self.version < (1, 15):
            return "full"
        return "visibility" if self.version < (1, 17) else "short"


def era(version: str) -> Era:
    """Of `1.13.4`."""
    major, minor, *_ = version.split(".")
    return Era((int(major), int(minor)))
