//! The points of a stroke in one short text: what of each coordinate is not as the two points before it foretell, as a
//! varint, in base64url. Sixty points of handwriting take about 200 characters.

use super::MAX_COORDINATE;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

/// Most points of one stroke. A longer one is made of several.
pub const MAX_POINTS: usize = 10_000;

/// Longest packed form: three numbers of at most five bytes a point, in base64.
const MAX_PACKED_CHARS: usize = 48 * 1024;

const PLAIN: u8 = 0;
const WITH_PRESSURE: u8 = 1;

/// One sample of a pen, in sixteenths of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StrokePoint {
    pub x: i32,
    pub y: i32,
    /// From 0 to 255, where the pen tells it: then every point of the stroke has it.
    pub pressure: Option<u8>,
}

/// The packed points. What arrives may be broken until it was checked or unpacked.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Points(String);

/// Why a text is not the points of a stroke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BrokenPoints {
    None,
    TooMany,
    /// Not base64url, of a later form, or cut off.
    Garbled,
    TooFar,
}

impl BrokenPoints {
    /// In English, for a log.
    pub fn as_str(self) -> &'static str {
        match self {
            BrokenPoints::None => "a stroke has a point",
            BrokenPoints::TooMany => "the stroke has too many points",
            BrokenPoints::Garbled => "the points are garbled",
            BrokenPoints::TooFar => "a point is too far out",
        }
    }
}

impl Points {
    /// Packs a stroke. What is beyond the limits is not looked for here: see [`Points::check`].
    pub fn pack(points: &[StrokePoint]) -> Self {
        let pressed = points.iter().all(|point| point.pressure.is_some()) && !points.is_empty();
        let mut bytes = vec![if pressed { WITH_PRESSURE } else { PLAIN }];
        let mut tracks = [Track::default(); 3];
        for point in points {
            let [x, y, pressure] = &mut tracks;
            x.write(point.x, &mut bytes);
            y.write(point.y, &mut bytes);
            if pressed {
                pressure.write(point.pressure.unwrap_or_default().into(), &mut bytes);
            }
        }
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The points as they were packed.
    ///
    /// # Errors
    /// When there is none, there are more than [`MAX_POINTS`], one is beyond [`MAX_COORDINATE`], or they are garbled.
    pub fn unpack(&self) -> Result<Vec<StrokePoint>, BrokenPoints> {
        let mut points = Vec::with_capacity(self.0.len() / 4);
        self.each(|point| points.push(point))?;
        Ok(points)
    }

    /// How many points there are.
    ///
    /// # Errors
    /// As [`Points::unpack`].
    pub fn check(&self) -> Result<usize, BrokenPoints> {
        let mut count = 0;
        self.each(|_| count += 1)?;
        Ok(count)
    }

    /// Length of the packed form, in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True for a packed form of no bytes, which no stroke has.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn each(&self, mut take: impl FnMut(StrokePoint)) -> Result<(), BrokenPoints> {
        if self.0.len() > MAX_PACKED_CHARS {
            return Err(BrokenPoints::TooMany);
        }
        let bytes = URL_SAFE_NO_PAD.decode(&self.0).map_err(|_| BrokenPoints::Garbled)?;
        let (form, mut rest) = bytes.split_first().ok_or(BrokenPoints::Garbled)?;
        let pressed = match *form {
            PLAIN => false,
            WITH_PRESSURE => true,
            _ => return Err(BrokenPoints::Garbled),
        };
        let mut tracks = [Track::default(); 3];
        let mut count = 0;
        while !rest.is_empty() {
            count += 1;
            if count > MAX_POINTS {
                return Err(BrokenPoints::TooMany);
            }
            take(point(&mut tracks, pressed, &mut rest)?);
        }
        if count == 0 { Err(BrokenPoints::None) } else { Ok(()) }
    }
}

fn point(tracks: &mut [Track; 3], pressed: bool, rest: &mut &[u8]) -> Result<StrokePoint, BrokenPoints> {
    let [x, y, pressure] = tracks;
    let (x, y) = (x.read(rest)?, y.read(rest)?);
    if x.abs().max(y.abs()) > MAX_COORDINATE {
        return Err(BrokenPoints::TooFar);
    }
    let pressure = if pressed { Some(pressure.read(rest)?) } else { None };
    let pressure = pressure.map(u8::try_from).transpose().map_err(|_| BrokenPoints::Garbled)?;
    Ok(StrokePoint { x, y, pressure })
}

/// One coordinate from point to point: a pen goes on as it went.
#[derive(Debug, Clone, Copy, Default)]
struct Track {
    last: i32,
    step: i32,
    begun: bool,
}

impl Track {
    fn foretold(self) -> i64 {
        i64::from(self.last) + i64::from(self.step)
    }

    fn write(&mut self, value: i32, bytes: &mut Vec<u8>) {
        let off = i64::from(value) - self.foretold();
        // Signs into the lowest bit: what is small stays small.
        let mut left = ((off << 1) ^ (off >> 63)).cast_unsigned();
        while left >= 0x80 {
            bytes.push(0x80 | (left & 0x7f) as u8);
            left >>= 7;
        }
        bytes.push(left as u8);
        self.follow(value);
    }

    fn read(&mut self, rest: &mut &[u8]) -> Result<i32, BrokenPoints> {
        let mut read = 0_u64;
        for shift in (0..=35).step_by(7) {
            let (byte, after) = rest.split_first().ok_or(BrokenPoints::Garbled)?;
            *rest = after;
            read |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let off = (read >> 1).cast_signed() ^ -(read & 1).cast_signed();
                let value = i32::try_from(self.foretold() + off).map_err(|_| BrokenPoints::TooFar)?;
                self.follow(value);
                return Ok(value);
            }
        }
        Err(BrokenPoints::Garbled)
    }

    fn follow(&mut self, value: i32) {
        self.step = if self.begun { value.saturating_sub(self.last) } else { 0 };
        self.last = value;
        self.begun = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handwriting(count: i32, pressed: bool) -> Vec<StrokePoint> {
        let turn = |at: i32, by: f64| (f64::from(at) * by).sin();
        let point = |at: i32| StrokePoint {
            x: (turn(at, 0.3) * 400.0) as i32 + at * 22,
            y: (turn(at, 0.21) * 640.0) as i32 + (at * 7919) % 5,
            pressure: pressed.then(|| (128.0 + turn(at, 0.1) * 90.0) as u8),
        };
        (0..count).map(point).collect()
    }

    #[test]
    fn points_come_back_as_they_were_packed() {
        let far = StrokePoint { x: MAX_COORDINATE, y: -MAX_COORDINATE, pressure: Some(255) };
        let back = StrokePoint { x: -MAX_COORDINATE, y: MAX_COORDINATE, pressure: Some(0) };
        for points in [
            handwriting(1, false),
            handwriting(60, false),
            handwriting(60, true),
            vec![far, back, far, back],
            vec![StrokePoint::default(); MAX_POINTS],
        ] {
            let packed = Points::pack(&points);
            assert_eq!(packed.unpack().unwrap(), points);
            assert_eq!(packed.check(), Ok(points.len()));
        }
    }

    #[test]
    fn sixty_points_take_about_two_hundred_characters() {
        let plain = Points::pack(&handwriting(60, false)).len();
        assert!(plain < 220, "{plain}");
    }

    #[test]
    fn what_is_broken_is_refused() {
        let packed = |bytes: &[u8]| Points(URL_SAFE_NO_PAD.encode(bytes)).check();
        assert_eq!(Points::pack(&[]).check(), Err(BrokenPoints::None));
        for text in ["", "=", "!", "A", "AAA=", "\u{e9}"] {
            assert_eq!(Points(text.to_owned()).check(), Err(BrokenPoints::Garbled), "{text}");
        }
        for bytes in [&[2, 0, 0][..], &[0, 0], &[0, 0x80, 0], &[1, 0, 0], &[1, 0, 0, 0xfe, 0x7f]] {
            assert_eq!(packed(bytes), Err(BrokenPoints::Garbled), "{bytes:?}");
        }
        assert_eq!(packed(&[0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0]), Err(BrokenPoints::Garbled));
        assert_eq!(packed(&[0, 0xff, 0xff, 0xff, 0xff, 0x7f, 0]), Err(BrokenPoints::TooFar));
        let beyond = StrokePoint { x: MAX_COORDINATE + 1, ..StrokePoint::default() };
        assert_eq!(Points::pack(&[beyond]).check(), Err(BrokenPoints::TooFar));
        let many = vec![StrokePoint::default(); MAX_POINTS + 1];
        assert_eq!(Points::pack(&many).check(), Err(BrokenPoints::TooMany));
        assert_eq!(Points("A".repeat(MAX_PACKED_CHARS + 1)).check(), Err(BrokenPoints::TooMany));
    }
}
