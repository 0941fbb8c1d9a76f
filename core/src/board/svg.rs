//! A page as a file of vectors. Nothing in it is but shapes, letters and the pictures that are given: it runs nothing and loads
//! nothing.

use super::geometry::{Bounds, Frame, PathPoint, Point, arrow_head, path, units};
use super::ink::{FONT, Ink, LINE_HEIGHT, pressed_width};
use bandyer_protocol::UploadId;
use bandyer_protocol::board::{Colour, Shape, ShapeKind};
use std::fmt::{self, Display, Write};

/// Around the shapes, in units.
const MARGIN: f64 = 24.0;

/// The shapes, which lie in these bounds, as SVG. `picture` has the address of a picture, best one with its bytes in it
/// (`data:`); where it has none, a grey box stands.
pub fn svg<'a>(
    shapes: impl IntoIterator<Item = &'a Shape>,
    bounds: &Bounds,
    ink: Ink,
    picture: impl Fn(&UploadId) -> Option<String>,
) -> String {
    let mut text = String::new();
    // Writing into a text never fails.
    let _ = document(&mut text, shapes, &bounds.grown(MARGIN), ink, &picture);
    text
}

type Pictures<'a> = dyn Fn(&UploadId) -> Option<String> + 'a;

fn document<'a>(
    text: &mut String,
    shapes: impl IntoIterator<Item = &'a Shape>,
    bounds: &Bounds,
    ink: Ink,
    picture: &Pictures<'_>,
) -> fmt::Result {
    let (x, y, width, height) = numbers(bounds);
    write!(
        text,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="{x} {y} {width} {height}">"#
    )?;
    let ground = ink.ground();
    write!(text, r#"<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{ground}"/>"#)?;
    for shape in shapes {
        group(text, shape, ink, picture)?;
    }
    text.write_str("</svg>\n")
}

fn group(text: &mut String, shape: &Shape, ink: Ink, picture: &Pictures<'_>) -> fmt::Result {
    let looks = &shape.looks;
    text.write_str(r#"<g stroke-linecap="round" stroke-linejoin="round""#)?;
    if looks.opacity < 100 {
        write!(text, r#" opacity="{}""#, Number(f64::from(looks.opacity) / 100.0))?;
    }
    if looks.turn != 0 {
        let Point { x, y } = Frame::of(looks).upright.middle();
        let degrees = Number(f64::from(looks.turn) / 100.0);
        write!(text, r#" transform="rotate({degrees} {} {})""#, Number(x), Number(y))?;
    }
    text.write_str(">")?;
    if !looks.name.is_empty() {
        write!(text, "<title>{}</title>", Escaped(&looks.name))?;
    }
    drawn(text, shape, ink, picture)?;
    text.write_str("</g>")
}

fn drawn(text: &mut String, shape: &Shape, ink: Ink, picture: &Pictures<'_>) -> fmt::Result {
    let looks = &shape.looks;
    let (x, y, width, height) = numbers(&Frame::of(looks).upright);
    let line = Line { colour: ink.css(looks.stroke), width: units(looks.width.into()) };
    let fill = ink.css(looks.fill).unwrap_or_else(|| Colour::None.to_string());
    match &shape.kind {
        // What another device sent the server has checked.
        ShapeKind::Pen { points } => {
            let points = points.unpack().map(|points| path(&points, looks)).unwrap_or_default();
            stroke(text, &points, &line)
        }
        ShapeKind::Rectangle => write!(
            text,
            r#"<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{fill}"{}/>"#,
            line.all()
        ),
        ShapeKind::Ellipse => {
            let middle = Frame::of(looks).upright.middle();
            let (middle_x, middle_y) = (Number(middle.x), Number(middle.y));
            let (across, down) = (Number(width.0 / 2.0), Number(height.0 / 2.0));
            write!(
                text,
                r#"<ellipse cx="{middle_x}" cy="{middle_y}" rx="{across}" ry="{down}" fill="{fill}"{}/>"#,
                line.all()
            )
        }
        ShapeKind::Line | ShapeKind::Arrow => {
            let (from, size) = (Point::from(looks.at), Point::from(looks.size));
            let head = matches!(shape.kind, ShapeKind::Arrow);
            shaft(text, from, Point::new(from.x + size.x, from.y + size.y), head, &line)
        }
        ShapeKind::Text => letters(text, shape, line.colour.as_deref()),
        ShapeKind::Picture { upload, .. } => match picture(upload) {
            Some(address) => write!(
                text,
                r#"<image x="{x}" y="{y}" width="{width}" height="{height}" preserveAspectRatio="none" href="{}"/>"#,
                Escaped(&address)
            ),
            None => {
                let dots = ink.dots();
                write!(text, r#"<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{dots}"/>"#)
            }
        },
    }
}

/// How lines are drawn.
struct Line {
    colour: Option<String>,
    width: f64,
}

impl Line {
    fn all(&self) -> String {
        self.of(self.width)
    }

    /// Nothing for one that is not to be seen.
    fn of(&self, width: f64) -> String {
        match &self.colour {
            Some(colour) if width > 0.0 => format!(r#" stroke="{colour}" stroke-width="{}""#, Number(width)),
            Some(_) | None => String::new(),
        }
    }
}

/// A smooth line: through the middles between samples, bent by the samples. Where the pen presses, in pieces of one width.
fn stroke(text: &mut String, points: &[PathPoint], line: &Line) -> fmt::Result {
    let [first, ..] = points else { return Ok(()) };
    let pressed = first.pressure.is_some();
    let mut bent = String::new();
    let mut from = first.at;
    for pair in points.windows(2) {
        let [before, here] = pair else { continue };
        let middle = Point::new((before.at.x + here.at.x) / 2.0, (before.at.y + here.at.y) / 2.0);
        write!(bent, "Q{} {}", Place(before.at), Place(middle))?;
        if pressed {
            piece(
                text,
                from,
                &std::mem::take(&mut bent),
                &line.of(pressed_width(here.pressure, line.width)),
            )?;
        }
        from = middle;
    }
    let last = points.last().map_or(first, |last| last);
    let end = format!("L{}", Place(last.at));
    if pressed {
        piece(text, from, &end, &line.of(pressed_width(last.pressure, line.width)))
    } else {
        piece(text, first.at, &(bent + &end), &line.all())
    }
}

fn piece(text: &mut String, from: Point, way: &str, line: &str) -> fmt::Result {
    write!(text, r#"<path fill="none" d="M{}{way}"{line}/>"#, Place(from))
}

fn shaft(text: &mut String, from: Point, to: Point, head: bool, line: &Line) -> fmt::Result {
    let mut way = format!("L{}", Place(to));
    if head {
        let angle = (to.y - from.y).atan2(to.x - from.x);
        let length = arrow_head(line.width).min(from.distance(to).max(1.0));
        for side in [-0.45, 0.45] {
            let end = Point::new(to.x - length * (angle + side).cos(), to.y - length * (angle + side).sin());
            write!(way, "M{}L{}", Place(to), Place(end))?;
        }
    }
    piece(text, from, &way, &line.all())
}

fn letters(text: &mut String, shape: &Shape, colour: Option<&str>) -> fmt::Result {
    let Some(colour) = colour else { return Ok(()) };
    let (at, size) = (Point::from(shape.looks.at), units(shape.looks.text_size.into()));
    write!(
        text,
        r#"<text xml:space="preserve" font-family="{}" font-size="{}" fill="{colour}">"#,
        Escaped(FONT),
        Number(size)
    )?;
    let mut down = size;
    for line in shape.looks.text.split('\n') {
        let (x, y) = (Number(at.x), Number(at.y + down));
        write!(text, r#"<tspan x="{x}" y="{y}">{}</tspan>"#, Escaped(line))?;
        down += size * LINE_HEIGHT;
    }
    text.write_str("</text>")
}

fn numbers(bounds: &Bounds) -> (Number, Number, Number, Number) {
    (Number(bounds.min.x), Number(bounds.min.y), Number(bounds.width()), Number(bounds.height()))
}

/// As short as it is exact enough: to a hundredth of a unit.
#[derive(Clone, Copy)]
struct Number(f64);

impl Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the sign of a naught.
        write!(f, "{}", (self.0 * 100.0).round() / 100.0 + 0.0)
    }
}

struct Place(Point);

impl Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", Number(self.0.x), Number(self.0.y))
    }
}

/// As text or in quotes; without what no XML may hold.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '&' => f.write_str("&amp;")?,
                '"' => f.write_str("&quot;")?,
                '\u{fffe}' | '\u{ffff}' => {}
                letter if letter.is_control() && letter != '\t' => {}
                letter => f.write_char(letter)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bandyer_protocol::board::{Looks, Points, StrokePoint, Vector};
    use bandyer_protocol::{PageId, ShapeId, UserAlias};

    fn shape(kind: ShapeKind, looks: Looks) -> Shape {
        let (id, maker) = (ShapeId::parse("a").unwrap(), UserAlias::parse("anna").unwrap());
        let (at, size) = (Vector::new(160, 320), Vector::new(1_600, 800));
        Shape { id, page: PageId::first(), maker, kind, looks: Looks { at, size, ..looks } }
    }

    fn drawn(kind: ShapeKind, looks: Looks) -> String {
        let shape = shape(kind, looks);
        let bounds = super::super::geometry::bounds(&shape);
        svg([&shape], &bounds, Ink::default(), |_| None)
    }

    /// The elements, each closed where it has to be.
    fn elements(text: &str) -> Vec<String> {
        let (mut open, mut seen) = (Vec::new(), Vec::new());
        for tag in text.split('<').skip(1) {
            let (tag, _) = tag.split_once('>').unwrap();
            let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap().to_owned();
            if tag.starts_with('/') {
                assert_eq!(open.pop(), Some(name), "{text}");
                continue;
            }
            assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
            seen.push(name.clone());
            if !tag.ends_with('/') {
                open.push(name);
            }
        }
        assert!(open.is_empty(), "{text}");
        seen
    }

    #[test]
    fn each_kind_is_drawn() {
        let point = |x, y, pressure| StrokePoint { x, y, pressure };
        let plain = Points::pack(&[point(0, 0, None), point(800, 800, None), point(1_600, 0, None)]);
        let pressed = Points::pack(&[point(0, 0, Some(0)), point(1_600, 800, Some(255))]);
        let picture =
            ShapeKind::Picture { upload: UploadId::parse("u").unwrap(), natural: Vector::new(2, 1) };
        for (kind, name, count) in [
            (ShapeKind::Rectangle, "rect", 2),
            (ShapeKind::Ellipse, "ellipse", 1),
            (ShapeKind::Line, "path", 1),
            (ShapeKind::Arrow, "path", 1),
            (ShapeKind::Text, "tspan", 2),
            (picture, "rect", 2),
            (ShapeKind::Pen { points: plain }, "path", 1),
            (ShapeKind::Pen { points: pressed }, "path", 2),
        ] {
            let looks = Looks { text: "one\ntwo".into(), turn: 4_500, opacity: 50, ..Looks::default() };
            let text = drawn(kind, looks);
            let found = elements(&text).into_iter().filter(|element| element == name).count();
            assert_eq!(found, count, "{text}");
            assert!(text.contains(r#"opacity="0.5""#) && text.contains(r#"rotate(45 60 45)"#), "{text}");
        }
    }

    #[test]
    fn what_people_write_is_text_and_nothing_else() {
        let looks = Looks {
            text: "</text><script>alert(\"1\")</script> a & b \u{0}\u{b}\u{ffff}\u{1f600}".into(),
            name: "<img onerror='x'>\"".into(),
            ..Looks::default()
        };
        let text = drawn(ShapeKind::Text, looks);
        assert_eq!(elements(&text), ["svg", "rect", "g", "title", "text", "tspan"]);
        let said =
            "&lt;/text&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; a &amp; b \u{1f600}</tspan>";
        assert!(text.contains(said), "{text}");
        let with = shape(
            ShapeKind::Picture { upload: UploadId::parse("u").unwrap(), natural: Vector::new(2, 1) },
            Looks::default(),
        );
        let bounds = super::super::geometry::bounds(&with);
        let text = svg([&with], &bounds, Ink::default(), |_| Some("data:x\"><script>".into()));
        assert_eq!(elements(&text), ["svg", "rect", "g", "image"]);
    }

    #[test]
    fn the_file_is_as_large_as_what_is_on_it() {
        let text = drawn(ShapeKind::Rectangle, Looks { width: 32, ..Looks::default() });
        assert!(text.contains(r#"viewBox="-16 -6 152 102""#), "{text}");
        assert!(!text.contains("-0\"") && !text.contains("NaN"), "{text}");
    }
}
