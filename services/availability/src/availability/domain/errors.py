"""What is said when a rule or a fact cannot be taken as given."""


class RuleError(ValueError):
    """A value that no slot search can work with.

    `field` is the path of the value (`buffer_before`, `weekly[0]`), `reason` a sentence for the
    person who sent it.
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason
