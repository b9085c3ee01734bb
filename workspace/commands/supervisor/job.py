"""What a supervisor is asked to run."""

from backend_developer.workspace.commands.supervisor import wire


class Job:
    """One command and its limits. Paths and arguments are bytes, as the kernel takes them."""

    __slots__ = ("argv", "cwd", "limit_s", "log_cap", "program", "scratch", "talks", "writable")

    def __init__(
        self,
        program: bytes,
        argv: list[bytes],
        cwd: bytes,
        scratch: bytes,
        log_cap: int,
        limit_s: float | None = None,
        writable: list[bytes] | None = None,
        talks: bool = False,
    ) -> None:
        self.program = program
        self.argv = argv
        self.cwd = cwd
        self.scratch = scratch
        self.log_cap = log_cap
        self.limit_s = limit_s
        self.writable = writable
        """Where the command may write; None where it is not held."""
        self.talks = talks
        """Whether standard input and output are the agent's, handed in as descriptors 3 and 4."""

    def fields(self) -> wire.Fields:
        """The job as it travels."""
        fields = [("program", self.program), ("cwd", self.cwd), ("scratch", self.scratch)]
        fields.append(("log_cap", b"%d" % self.log_cap))
        fields += [("arg", arg) for arg in self.argv]
        if self.limit_s is not None:
            fields.append(("limit_s", b"%f" % self.limit_s))
        if self.writable is not None:
            fields.append(("held", b""))
            fields += [("writable", path) for path in self.writable]
        if self.talks:
            fields.append(("talks", b""))
        return fields

    @classmethod
    def read(cls, fields: wire.Fields) -> "Job":
        """The job that travelled as `fields`."""
        one = dict(fields)
        return cls(
            program=one["program"],
            argv=[value for name, value in fields if name == "arg"],
            cwd=one["cwd"],
            scratch=one["scratch"],
            log_cap=int(one["log_cap"]),
            limit_s=float(one["limit_s"]) if "limit_s" in one else None,
            writable=[value for name, value in fields if name == "writable"] if "held" in one else None,
            talks="talks" in one,
        )
