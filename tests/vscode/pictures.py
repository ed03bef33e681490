"""Puts the pictures that the tests in VS Code made into docs/images, with as few colours as they need.

python tests/vscode/pictures.py
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
COLOURS = 64


def main() -> None:
    for made in sorted((ROOT / ".screenshots" / "pictures").glob("*.png")):
        kept = ROOT / "docs" / "images" / made.name
        with Image.open(made) as picture:
            picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(kept, optimize=True)
        print(f"{kept.relative_to(ROOT)}: {kept.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
