"""Gradio's own widgets in the page's colours and type; everything else is `page.css`.

The fonts are files of ours (`fonts.css`): no request leaves the machine, and most of the fonts that come with
Gradio 6.31 hold only their Cyrillic or Vietnamese part.
"""

from __future__ import annotations

from gradio.themes import Base


def theme() -> Base:
    """Ink on paper, square corners, one blue."""
    look: Base = Base(
        primary_hue="blue",
        neutral_hue="stone",
        radius_size="none",
        font=("Source Sans 3", "system-ui", "Noto Sans", "sans-serif"),
        font_mono=("ui-monospace", "Noto Sans Mono", "monospace"),
    )
    return look.set(
        body_background_fill="var(--paper)",
        body_background_fill_dark="var(--paper)",
        body_text_color="var(--ink)",
        body_text_color_dark="var(--ink)",
        background_fill_primary="var(--paper)",
        background_fill_primary_dark="var(--paper)",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_border_width_dark="0px",
        block_shadow="none",
        block_shadow_dark="none",
        input_background_fill="var(--sheet)",
        input_background_fill_dark="var(--sheet)",
        input_background_fill_focus="var(--sheet)",
        input_background_fill_focus_dark="var(--sheet)",
        input_border_color="var(--field)",
        input_border_color_dark="var(--field)",
        input_border_color_focus="var(--blue)",
        input_border_color_focus_dark="var(--blue)",
        input_border_width="1px",
        input_placeholder_color="var(--soft)",
        input_placeholder_color_dark="var(--soft)",
        input_shadow="none",
        input_shadow_focus="none",
        input_shadow_focus_dark="none",
    )
