"""Makes the two fonts of this folder from Inter 4.0 (https://rsms.me/inter, SIL OFL 1.1).

    python3 -m venv v && v/bin/pip install fonttools && v/bin/python subset.py FOLDER_WITH_INTER

Kept: Latin with its accents, Greek, Cyrillic and the punctuation of titles. Figures are the
tabular ones, so that numbers above each other line up. Sharp, flat, natural and quarter note,
which Inter lacks, are drawn here. Layout tables are dropped: pictures set single words.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTFont

KEPT = [
    *range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x218, 0x21C), *range(0x386, 0x3CF),
    *range(0x400, 0x460), 0x1E9E, *range(0x2010, 0x2027), 0x2030, 0x2032, 0x2033, 0x2039, 0x203A,
    0x20AC, 0x2116, 0x2122, *range(0x2190, 0x2194), 0x2202, 0x2206, 0x2212, 0x2248, 0x2260,
    0x2264, 0x2265, 0xFFFD,
]


def bar(pen, points):
    pen.moveTo(points[0])
    for point in points[1:]:
        pen.lineTo(point)
    pen.closePath()


def sharp(pen, w):
    for x in (430, 850):
        low = -230 if x < 600 else -110
        bar(pen, [(x, low), (x + w, low), (x + w, low + 1960), (x, low + 1960)])
    for y in (430, 960):
        bar(pen, [(200, y), (1080 + w, y + 270), (1080 + w, y + 270 + 1.5 * w), (200, y + 1.5 * w)])


def flat(pen, w):
    bar(pen, [(250, -60), (250 + w, -60), (250 + w, 1760), (250, 1760)])
    pen.moveTo((250 + w, 700))
    pen.curveTo((450, 900), (950, 960), (950, 620))
    pen.curveTo((950, 330), (560, 100), (250 + w, -60))
    pen.lineTo((250 + w, 110))
    pen.curveTo((560, 290), (740, 440), (740, 610))
    pen.curveTo((740, 770), (520, 760), (250 + w, 500))
    pen.closePath()


def natural(pen, w):
    bar(pen, [(260, 200), (260 + w, 200), (260 + w, 1780), (260, 1780)])
    bar(pen, [(820 - w, -280), (820, -280), (820, 1300), (820 - w, 1300)])
    for y in (330, 880):
        bar(pen, [(260, y), (820, y + 180), (820, y + 180 + 1.5 * w), (260, y + 1.5 * w)])


def quarter(pen, w):
    pen.moveTo((980, 330))
    pen.curveTo((960, 40), (700, -120), (480, -100))
    pen.curveTo((280, -80), (170, 60), (220, 220))
    pen.curveTo((280, 420), (520, 540), (730, 520))
    pen.curveTo((880, 500), (985, 440), (980, 330))
    pen.closePath()
    bar(pen, [(980 - w, 300), (980, 300), (980, 2000), (980 - w, 2000)])


DRAWN = {0x266F: ("sharp", sharp, 1480), 0x266D: ("flat", flat, 1120),
         0x266E: ("natural", natural, 1080), 0x2669: ("quarter", quarter, 1240)}


def draw(font, stem):
    cff = font["CFF "].cff[0]
    strings, private = cff.CharStrings, cff.Private
    for code, (name, outline, advance) in DRAWN.items():
        pen = T2CharStringPen(advance, None)
        outline(pen, stem)
        strings.charStringsIndex.append(pen.getCharString(private, cff.GlobalSubrs))
        strings.charStrings[name] = len(strings.charStringsIndex) - 1
        cff.charset.append(name)
        font["hmtx"][name] = (advance, 0)
        for table in font["cmap"].tables:
            table.cmap[code] = name
    font.setGlyphOrder(cff.charset)


def tabular(font):
    """Lets every figure be drawn as its tabular form."""
    gsub = font["GSUB"].table
    lookups = {index for record in gsub.FeatureList.FeatureRecord
               if record.FeatureTag == "tnum" for index in record.Feature.LookupListIndex}
    forms = {}
    for index in lookups:
        for table in gsub.LookupList.Lookup[index].SubTable:
            forms |= getattr(table, "ExtSubTable", table).mapping
    for table in font["cmap"].tables:
        for code in range(ord("0"), ord("9") + 1):
            table.cmap[code] = forms.get(table.cmap[code], table.cmap[code])


def main(folder):
    for weight, stem in (("Regular", 130), ("SemiBold", 190)):
        font = TTFont(Path(folder) / f"Inter-{weight}.otf", recalcTimestamp=False)
        tabular(font)
        options = subset.Options(
            layout_features=[], hinting=False, name_IDs=[0, 1, 2, 7, 13, 14], notdef_outline=True,
            recommended_glyphs=False, drop_tables=["GSUB", "GPOS", "GDEF", "DSIG", "STAT"])
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=KEPT)
        subsetter.subset(font)
        draw(font, stem)
        for record in font["name"].names:
            if record.nameID == 1:
                record.string = "Inter subset with accidentals"
        font.save(Path(__file__).parent / f"inter-{weight.lower()}.otf")


main(sys.argv[1])
