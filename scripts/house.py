"""Draw docs/house.svg: which addon builds on which, from their manifests.

usage: house.py
"""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "house.svg"
WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 150, 44, 18, 56, 16
STYLE = (
    "text{font:13px sans-serif;text-anchor:middle;fill:#222}"
    "rect{rx:6px;fill:#eef3f8;stroke:#5b7ea3}rect.auto{fill:#eaf5ea;stroke:#5f9a5f}"
    "path{fill:none;stroke:#8a8a8a}"
)


def read_manifests():
    """Return the manifest of each addon, without the stories of the demo data."""
    return {
        path.parent.name: ast.literal_eval(path.read_text())
        for path in sorted(ROOT.glob("customer_complaint*/__manifest__.py"))
        if path.parent.name != "customer_complaint_demo"
    }


def get_parents(manifests, addon):
    """Return what an addon builds on, without what that builds on itself."""
    direct = [name for name in manifests[addon]["depends"] if name in manifests]
    below = {name for one in direct for name in get_reach(manifests, one) - {one}}
    return [name for name in direct if name not in below]


def get_reach(manifests, addon):
    depends = [name for name in manifests[addon]["depends"] if name in manifests]
    return {addon}.union(*(get_reach(manifests, name) for name in depends))


def get_level(manifests, addon):
    parents = get_parents(manifests, addon)
    return 1 + max((get_level(manifests, name) for name in parents), default=-1)


def get_middle(manifests, places, addon):
    lefts = [places[parent][0] for parent in get_parents(manifests, addon)]
    return sum(lefts) / len(lefts) if lefts else 0


def get_places(manifests):
    """Return the left upper corner of each box; what builds on another stands above."""
    rows = {}
    for addon in manifests:
        rows.setdefault(get_level(manifests, addon), []).append(addon)
    widest = max(map(len, rows.values()))
    places = {}
    for level in sorted(rows):
        # Above what they build on, as far as may be.
        addons = sorted(
            rows[level], key=lambda addon: get_middle(manifests, places, addon)
        )
        left = MARGIN + (widest - len(addons)) * (WIDTH + GAP_X) / 2
        top = MARGIN + (max(rows) - level) * (HEIGHT + GAP_Y)
        for number, addon in enumerate(addons):
            places[addon] = (left + number * (WIDTH + GAP_X), top)
    return places


def draw():
    """Return the picture.

    :rtype: str
    """
    manifests = read_manifests()
    places = get_places(manifests)
    lines, boxes = [], []
    for addon, (x, y) in places.items():
        for parent in get_parents(manifests, addon):
            px, py = places[parent]
            start = f"{x + WIDTH / 2:g} {y + HEIGHT:g}"
            lines.append(f'<path d="M{start}L{px + WIDTH / 2:g} {py:g}"/>')
        kind = ' class="auto"' if manifests[addon].get("auto_install") else ""
        label = addon.replace("customer_complaint", "~", 1)
        boxes += [
            f'<rect{kind} x="{x:g}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}"/>',
            f'<text x="{x + WIDTH / 2:g}" y="{y + 27:g}">{label}</text>',
        ]
    width = max(x for x, _y in places.values()) + WIDTH + MARGIN
    height = max(y for _x, y in places.values()) + HEIGHT + MARGIN
    space = "http://www.w3.org/2000/svg"
    return "\n".join(
        [
            f'<svg xmlns="{space}" viewBox="0 0 {width:g} {height:g}">',
            f"<style>{STYLE}</style>",
            *lines,
            *boxes,
            "</svg>\n",
        ]
    )


if __name__ == "__main__":
    PICTURE.write_text(draw())
