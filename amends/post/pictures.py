"""Pictures from strangers are drawn anew before anybody sees them: what was hidden in the file does not come along.

Runs in the cage only. The picture is decoded within limits and written as a new PNG, small enough for a page.
"""

import io

MOST_PIXELS = 40_000_000
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")


def drawn_anew(data: bytes, most: int) -> bytes:
    """The first picture in `data` as PNG, at most `most` pixels wide and high. Raises ValueError when it is none."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise ValueError("a picture of too many pixels")
        picture.draft("RGB", (most, most))
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((most, most))
        plain = upright.convert(
            "RGBA" if "A" in upright.getbands() or "transparency" in picture.info else "RGB"
        )
        new = io.BytesIO()
        Image.frombytes(plain.mode, plain.size, plain.tobytes()).save(new, "PNG", optimize=False)
    return new.getvalue()
