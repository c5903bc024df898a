//! A picture as an SVG file.
//!
//! Every colour stands twice: as a plain attribute, which any reader understands, and as a class
//! whose rule takes the colour from a custom property, which wins where CSS is understood. There
//! are no ids, so that several pictures may stand in one page.

use std::fmt::Write;

use crate::element::{Anchor, Element, Look, Segment, Words};
use crate::number::coordinate;
use crate::picture::Picture;
use crate::theme::{Paint, Rgb, Theme};
use crate::typeface::Weight;

/// Our font where it is installed, else what the reader's system sets its own words in.
const FONTS: &str = "Inter, system-ui, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif";

/// Writes the whole file.
pub(crate) fn write(picture: &Picture) -> String {
    let [width, height] = [picture.width, picture.height].map(coordinate);
    let mut file = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"cantilena\" role=\"img\" \
         width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"{FONTS}\">\n<title>{}</title>\n<desc>{}</desc>\n<style>\n{}</style>\n\
         <rect width=\"100%\" height=\"100%\"{}/>\n",
        escaped(&picture.title),
        escaped(&picture.description),
        style(picture),
        painted(Paint::Paper),
    );
    for element in &picture.elements {
        match element {
            Element::Words(words) => write_words(&mut file, words),
            Element::Path { segments, look } => {
                file.push_str("<path d=\"");
                write_segments(&mut file, segments);
                file.push('"');
                write_look(&mut file, look);
            }
            Element::Dot { x, y, radius, look } => {
                let [x, y, radius] = [*x, *y, *radius].map(coordinate);
                put(&mut file, format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\""));
                write_look(&mut file, look);
            }
        }
    }
    file.push_str("</svg>\n");
    file
}

/// Custom properties for both themes, and rules for the paints in use.
fn style(picture: &Picture) -> String {
    let mut used: Vec<(&str, Paint)> = vec![("fill", Paint::Paper)];
    for element in &picture.elements {
        match element {
            Element::Words(words) => used.push(("fill", words.style.paint)),
            Element::Path { look, .. } | Element::Dot { look, .. } => {
                used.extend(look.fill.map(|paint| ("fill", paint)));
                used.extend(look.stroke.map(|stroke| ("stroke", stroke.paint)));
            }
        }
    }
    let properties = |theme: Theme| -> String {
        let used =
            Paint::all().filter(|paint| used.iter().any(|(_, used)| used.name() == paint.name()));
        used.map(|paint| format!("--{}:{};", paint.name(), hex(paint.rgb(theme)))).collect()
    };
    let mut style = format!(
        "svg.cantilena{{{}font-variant-numeric:tabular-nums}}\n\
         @media(prefers-color-scheme:dark){{svg.cantilena{{{}}}}}\n",
        properties(Theme::Light),
        properties(Theme::Dark),
    );
    for paint in Paint::all() {
        for kind in ["fill", "stroke"] {
            if used.iter().any(|(used, of)| *used == kind && of.name() == paint.name()) {
                let name = paint.name();
                put(
                    &mut style,
                    format_args!(".cantilena .{kind}-{name}{{{kind}:var(--{name})}}\n"),
                );
            }
        }
    }
    style
}

fn write_words(file: &mut String, words: &Words) {
    let [x, y, size] = [words.x, words.y, words.style.size].map(coordinate);
    let weight = match words.style.weight {
        Weight::Regular => "",
        Weight::SemiBold => " font-weight=\"600\"",
    };
    let anchor = match words.style.anchor {
        Anchor::Start => "",
        Anchor::Middle => " text-anchor=\"middle\"",
        Anchor::End => " text-anchor=\"end\"",
    };
    let paint = painted(words.style.paint);
    let text = escaped(&words.text);
    put(
        file,
        format_args!(
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\"{weight}{anchor}{paint}>{text}</text>\n"
        ),
    );
}

/// Absolute commands, the short ones for level and upright lines.
fn write_segments(file: &mut String, segments: &[Segment]) {
    let mut at = (String::new(), String::new());
    for segment in segments {
        let (letter, x, y) = match *segment {
            Segment::Move(x, y) => ('M', coordinate(x), coordinate(y)),
            Segment::Line(x, y) => ('L', coordinate(x), coordinate(y)),
            Segment::Close => {
                file.push('Z');
                continue;
            }
        };
        match letter {
            'L' if at.1 == y => put(file, format_args!("H{x}")),
            'L' if at.0 == x => put(file, format_args!("V{y}")),
            _ => put(file, format_args!("{letter}{x} {y}")),
        }
        at = (x, y);
    }
}

/// The rest of a shape's tag.
fn write_look(file: &mut String, look: &Look) {
    let classes: Vec<String> = [("fill", look.fill), ("stroke", look.stroke.map(|s| s.paint))]
        .into_iter()
        .filter_map(|(kind, paint)| Some(format!("{kind}-{}", paint?.name())))
        .collect();
    put(file, format_args!(" class=\"{}\"", classes.join(" ")));
    match look.fill {
        Some(paint) => put(file, format_args!(" fill=\"{}\"", hex(paint.rgb(Theme::Light)))),
        None => file.push_str(" fill=\"none\""),
    }
    if let Some(stroke) = look.stroke {
        let (paint, width) = (hex(stroke.paint.rgb(Theme::Light)), coordinate(stroke.width));
        put(file, format_args!(" stroke=\"{paint}\" stroke-width=\"{width}\""));
        if stroke.is_round {
            file.push_str(" stroke-linecap=\"round\" stroke-linejoin=\"round\"");
        }
        if !stroke.dashes.is_empty() {
            let dashes: Vec<String> = stroke.dashes.iter().copied().map(coordinate).collect();
            put(file, format_args!(" stroke-dasharray=\"{}\"", dashes.join(" ")));
        }
    }
    if look.opacity < 1.0 {
        put(file, format_args!(" opacity=\"{}\"", coordinate(look.opacity)));
    }
    file.push_str("/>\n");
}

/// Class and attribute of a fill.
fn painted(paint: Paint) -> String {
    format!(" class=\"fill-{}\" fill=\"{}\"", paint.name(), hex(paint.rgb(Theme::Light)))
}

fn hex([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn put(file: &mut String, what: std::fmt::Arguments) {
    file.write_fmt(what).expect("a String takes all that is written to it");
}

/// Words as XML 1.0 may hold them.
fn escaped(words: &str) -> String {
    let mut escaped = String::with_capacity(words.len());
    for letter in words.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // XML 1.0, 2.2: neither control characters nor these two stand in a document.
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_cannot_break_out_of_their_place() {
        assert_eq!(
            escaped("</text><script>\"&'\u{0}\u{7f}"),
            "&lt;/text&gt;&lt;script&gt;&quot;&amp;'  "
        );
    }

    #[test]
    fn level_and_upright_lines_are_written_short() {
        let mut path = String::new();
        let (a, b, c, d) = ((0.0, 1.0), (5.25, 1.0), (5.25, 9.0), (0.5, 0.001));
        let segments = [
            Segment::Move(a.0, a.1),
            Segment::Line(b.0, b.1),
            Segment::Line(c.0, c.1),
            Segment::Line(d.0, d.1),
            Segment::Close,
        ];
        write_segments(&mut path, &segments);
        assert_eq!(path, "M0 1H5.25V9L0.5 0Z");
    }
}
