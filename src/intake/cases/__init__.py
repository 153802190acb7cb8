"""What people do to cases (并案)."""

from intake.cases.change import Cases

__all__ = ["Cases"]
