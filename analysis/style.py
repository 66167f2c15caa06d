"""How every figure looks, in one place: sizes for a two-column paper, colours that the colour-blind can tell apart
(Okabe and Ito, "Color Universal Design", 2008), a marker per series so that colour is never the only sign.

Output is deterministic: the Agg backend, matplotlib's own DejaVu fonts, no dates and no version in the metadata.
"""

import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot  # noqa: E402 (the backend comes first)

COLUMN_IN = 3.5  # width of one column, inches
PAGE_IN = 7.16  # width of two columns with the gutter, inches
PNG_DPI = 300
INK, FAINT = "#222222", "#777777"

RC = {
    "figure.dpi": PNG_DPI, "savefig.dpi": PNG_DPI, "font.family": "DejaVu Sans", "font.size": 7,
    "axes.labelsize": 7, "axes.titlesize": 7, "xtick.labelsize": 6.5, "ytick.labelsize": 6.5,
    "axes.linewidth": 0.6, "axes.edgecolor": FAINT, "axes.labelcolor": INK, "text.color": INK,
    "xtick.color": FAINT, "ytick.color": FAINT, "xtick.labelcolor": INK, "ytick.labelcolor": INK,
    "xtick.major.width": 0.6, "ytick.major.width": 0.6, "xtick.minor.width": 0.4, "ytick.minor.width": 0.4,
    "xtick.major.size": 2.5, "ytick.major.size": 2.5, "xtick.minor.size": 1.5, "ytick.minor.size": 1.5,
    "axes.spines.top": False, "axes.spines.right": False, "lines.linewidth": 1.1, "lines.markersize": 4,
    "lines.markeredgewidth": 0,
    "pdf.fonttype": 42, "path.simplify": False, "svg.hashsalt": "antinode",
}

# Marker and interval of a point: the caps are wider than the marker, so that a narrow interval can still be seen.
POINT = {"markersize": 3.0, "elinewidth": 0.8, "capsize": 2.6, "capthick": 0.8, "zorder": 4}

OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKERS = ("o", "s", "D", "^", "v", "P", "X", "<", ">")
SERIAL = ("#222222", "o")
# The schedulers of this repository keep their colour in every figure of every run.
FIXED = {"chase_lev": ("#0072B2", "o"), "heartbeat": ("#E69F00", "s"), "resonance": ("#D55E00", "D")}


def looks(series: list) -> dict:
    """Series -> (colour, marker), all different. Depends on the set of series only, not on their order.

    A series without a fixed look gets the least used colour and, with it, the least used marker.
    """
    result = {name: SERIAL if name == "serial" else FIXED[name] for name in series
              if name == "serial" or name in FIXED}
    for name in sorted(set(series) - set(result)):
        used = list(result.values())
        colours, markers = [colour for colour, _ in used], [marker for _, marker in used]
        result[name] = min(
            ((colour, marker) for colour in OKABE_ITO for marker in MARKERS),
            key=lambda look: (used.count(look), colours.count(look[0]), markers.count(look[1])))
    return result


def save(figure, stem) -> list:
    """Writes stem.png and stem.pdf without anything that changes from one day to the next; returns the paths."""
    png, pdf = stem.with_suffix(".png"), stem.with_suffix(".pdf")
    figure.savefig(png, metadata={"Software": None})
    figure.savefig(pdf, metadata={"Creator": None, "Producer": None, "CreationDate": None})
    pyplot.close(figure)
    return [png, pdf]
