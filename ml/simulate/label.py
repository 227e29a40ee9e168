"""The word SIMULATED as pixels, in a corner off the lungs."""

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

TEXT = "SIMULATED"


@lru_cache(maxsize=8)
def _text_mask(width_px: int) -> np.ndarray:
    """(h, w) float32 0..1 picture of the word, about `width_px` wide."""
    font = ImageFont.load_default(size=max(7.0, width_px / 6.2))
    box = font.getbbox(TEXT)
    picture = Image.new("L", (int(box[2]) + 2, int(box[3]) + 2), 0)
    ImageDraw.Draw(picture).text((1, 1), TEXT, font=font, fill=255)
    return np.asarray(picture, np.float32) / 255.0


def burn_label(*, pixels: np.ndarray) -> np.ndarray:
    """Copy of (h, w) float32 0..1 with the word in white on black at the top left edge."""
    height, width = pixels.shape
    mask = _text_mask(max(40, round(width * 0.17)))[: height // 4, : width - 4]
    margin = max(2, width // 64)
    marked = pixels.copy()
    area = marked[margin : margin + mask.shape[0], margin : margin + mask.shape[1]]
    area[...] = mask[: area.shape[0], : area.shape[1]]
    return marked
