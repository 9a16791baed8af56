# Written by scripts/generate-stubs from the registry.
"""The dialect's constants."""

F: bool  # False
T: bool  # True
ZERO: int  # 0
ONE: int  # 1
TWO: int  # 2
THREE: int  # 3
FOUR: int  # 4
FIVE: int  # 5
SIX: int  # 6
SEVEN: int  # 7
EIGHT: int  # 8
NINE: int  # 9
TEN: int  # 10
NEG_ONE: int  # -1
NEG_TWO: int  # -2
DOWN: tuple[int, int]  # (1, 0)
RIGHT: tuple[int, int]  # (0, 1)
UP: tuple[int, int]  # (-1, 0)
LEFT: tuple[int, int]  # (0, -1)
ORIGIN: tuple[int, int]  # (0, 0)
UNITY: tuple[int, int]  # (1, 1)
NEG_UNITY: tuple[int, int]  # (-1, -1)
UP_RIGHT: tuple[int, int]  # (-1, 1)
DOWN_LEFT: tuple[int, int]  # (1, -1)
ZERO_BY_TWO: tuple[int, int]  # (0, 2)
TWO_BY_ZERO: tuple[int, int]  # (2, 0)
TWO_BY_TWO: tuple[int, int]  # (2, 2)
THREE_BY_THREE: tuple[int, int]  # (3, 3)
