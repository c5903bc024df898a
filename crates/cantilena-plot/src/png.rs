//! A picture as a PNG file.

use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Paint as Ground, Path, PathBuilder, Pixmap, Stroke,
    StrokeDash, Transform,
};
use ttf_parser::OutlineBuilder;

use crate::element::{Anchor, Element, Look, Segment, Words};
use crate::error::PlotError;
use crate::picture::Picture;
use crate::theme::{Paint, Theme};

/// The most pixels on a side: what image viewers and browsers still open.
const SIDE_MAX: u32 = 32_767;

/// The most pixels in all: a quarter of a gigabyte while it is drawn.
const PIXELS_MAX: u32 = 1 << 26;

/// Draws the whole picture, `scale` pixels for a point.
pub(crate) fn write(picture: &Picture, theme: Theme, scale: f32) -> Result<Vec<u8>, PlotError> {
    // Casts saturate: no number and what is below zero become 0, what is too much u32::MAX.
    let pixels = |points: f64| (points * f64::from(scale)).ceil() as u32;
    let (width, height) = (pixels(picture.width), pixels(picture.height));
    let (side_max, pixels_max) = (SIDE_MAX, PIXELS_MAX);
    let refused = PlotError::Size { width, height, side_max, pixels_max };
    let fits = width.max(height) <= SIDE_MAX
        && u64::from(width) * u64::from(height) <= u64::from(PIXELS_MAX);
    let mut canvas = match Pixmap::new(width, height) {
        Some(pixels) if fits => {
            Canvas { pixels, theme, transform: Transform::from_scale(scale, scale) }
        }
        _ => return Err(refused),
    };
    canvas.pixels.fill(colour(Paint::Paper, theme, 1.0));
    for element in &picture.elements {
        match element {
            Element::Words(words) => canvas.words(words),
            Element::Path { segments, look } => {
                if let Some(path) = path(segments) {
                    canvas.shape(&path, look);
                }
            }
            Element::Dot { x, y, radius, look } => {
                if let Some(path) = PathBuilder::from_circle(*x as f32, *y as f32, *radius as f32) {
                    canvas.shape(&path, look);
                }
            }
        }
    }
    canvas.pixels.encode_png().map_err(|error| PlotError::Encoding(error.to_string()))
}

/// Where the pixels are while they are drawn.
struct Canvas {
    pixels: Pixmap,
    theme: Theme,
    /// Points to pixels.
    transform: Transform,
}

impl Canvas {
    fn shape(&mut self, path: &Path, look: &Look) {
        if let Some(paint) = look.fill {
            self.fill(path, paint, look.opacity);
        }
        if let Some(stroke) = look.stroke {
            let ground = ground(stroke.paint, self.theme, look.opacity);
            let dashes = stroke.dashes.iter().map(|length| *length as f32).collect();
            let (line_cap, line_join) = match stroke.is_round {
                true => (LineCap::Round, LineJoin::Round),
                false => (LineCap::Butt, LineJoin::Miter),
            };
            let stroke = Stroke {
                width: stroke.width as f32,
                line_cap,
                line_join,
                dash: StrokeDash::new(dashes, 0.0),
                ..Stroke::default()
            };
            self.pixels.stroke_path(path, &ground, &stroke, self.transform, None);
        }
    }

    fn words(&mut self, words: &Words) {
        let style = words.style;
        let face = style.weight.face();
        let ems = style.weight.ems(&words.text) * style.size;
        let mut glyphs = Glyphs {
            builder: PathBuilder::new(),
            x: match style.anchor {
                Anchor::Start => words.x,
                Anchor::Middle => words.x - ems / 2.0,
                Anchor::End => words.x - ems,
            } as f32,
            y: words.y as f32,
            scale: style.size as f32 / f32::from(face.units_per_em()),
        };
        for letter in words.text.chars() {
            // A letter that the font lacks is drawn as the font's box for such letters: glyph 0.
            let glyph = face.glyph_index(letter).unwrap_or_default();
            face.outline_glyph(glyph, &mut glyphs);
            glyphs.x += (style.weight.ems(letter.encode_utf8(&mut [0; 4])) * style.size) as f32;
        }
        if let Some(path) = glyphs.builder.finish() {
            self.fill(&path, style.paint, 1.0);
        }
    }

    fn fill(&mut self, path: &Path, paint: Paint, opacity: f64) {
        let ground = ground(paint, self.theme, opacity);
        self.pixels.fill_path(path, &ground, FillRule::Winding, self.transform, None);
    }
}

/// Outlines of letters, put side by side.
struct Glyphs {
    builder: PathBuilder,
    /// Where the next letter stands.
    x: f32,
    /// The base line.
    y: f32,
    /// Points to a unit of the font.
    scale: f32,
}

impl Glyphs {
    fn place(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x * self.scale, self.y - y * self.scale)
    }
}

impl OutlineBuilder for Glyphs {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.place(x, y);
        self.builder.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.place(x, y);
        self.builder.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.place(x1, y1), self.place(x, y));
        self.builder.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) =
            (self.place(x1, y1), self.place(x2, y2), self.place(x, y));
        self.builder.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.builder.close();
    }
}

fn path(segments: &[Segment]) -> Option<Path> {
    let mut builder = PathBuilder::new();
    for segment in segments {
        match *segment {
            Segment::Move(x, y) => builder.move_to(x as f32, y as f32),
            Segment::Line(x, y) => builder.line_to(x as f32, y as f32),
            Segment::Close => builder.close(),
        }
    }
    builder.finish()
}

fn ground(paint: Paint, theme: Theme, opacity: f64) -> Ground<'static> {
    let mut ground = Ground::default();
    ground.set_color(colour(paint, theme, opacity));
    ground
}

fn colour(paint: Paint, theme: Theme, opacity: f64) -> Color {
    let [red, green, blue] = paint.rgb(theme);
    Color::from_rgba8(red, green, blue, (opacity.clamp(0.0, 1.0) * 255.0).round() as u8)
}
