//! Makes an avatar out of whatever picture was sent: decoded within limits, cut square, scaled, written anew. What
//! is stored are only pixels; nothing the sender put beside them survives.

use crate::refusal::RestCode;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, ImageResult, Limits};
use std::io::Cursor;

/// Width and height of a stored avatar.
pub const AVATAR_PIXELS: u32 = 300;

/// Widest and highest picture that is decoded, and the memory decoding may take.
const MAX_SIDE: u32 = 8192;
const MAX_DECODING_BYTES: u64 = 256 * 1024 * 1024;

/// A finished avatar and the ending of its file name.
pub struct Avatar {
    pub bytes: Vec<u8>,
    pub extension: &'static str,
}

/// Slow (tens of milliseconds): not for an async thread.
///
/// # Errors
/// `InvalidFile` for anything but PNG, JPEG and WebP by content, `WrongFileDimension` over the limits,
/// `ErrorProcessingImage` for a damaged picture.
pub fn make_avatar(bytes: &[u8]) -> Result<Avatar, RestCode> {
    let format = format(bytes).ok_or(RestCode::InvalidFile)?;
    let (picture, orientation) = decode(bytes, format).map_err(|error| match error {
        ImageError::Limits(_) => RestCode::WrongFileDimension,
        ImageError::Decoding(_)
        | ImageError::Encoding(_)
        | ImageError::Parameter(_)
        | ImageError::Unsupported(_)
        | ImageError::IoError(_) => RestCode::ErrorProcessingImage,
    })?;
    let mut square = picture.resize_to_fill(AVATAR_PIXELS, AVATAR_PIXELS, FilterType::Triangle);
    // A camera stores what its sensor saw, and beside it how it was held.
    square.apply_orientation(orientation);
    write(&square)
}

fn decode(bytes: &[u8], format: ImageFormat) -> ImageResult<(DynamicImage, Orientation)> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_DECODING_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    limits.check_dimensions(width, height)?;
    limits.reserve(decoder.total_bytes())?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    decoder.set_limits(limits)?;
    Ok((DynamicImage::from_decoder(decoder)?, orientation))
}

fn format(bytes: &[u8]) -> Option<ImageFormat> {
    match infer::get(bytes)?.mime_type() {
        "image/png" => Some(ImageFormat::Png),
        "image/jpeg" => Some(ImageFormat::Jpeg),
        "image/webp" => Some(ImageFormat::WebP),
        _ => None,
    }
}

/// PNG where something is transparent, JPEG otherwise.
fn write(picture: &DynamicImage) -> Result<Avatar, RestCode> {
    let mut bytes = Vec::new();
    let transparent =
        picture.color().has_alpha() && picture.to_rgba8().pixels().any(|pixel| pixel.0[3] < 255);
    let (written, extension) = if transparent {
        let pixels = DynamicImage::ImageRgba8(picture.to_rgba8());
        (pixels.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png), "png")
    } else {
        let pixels = DynamicImage::ImageRgb8(picture.to_rgb8());
        (pixels.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Jpeg), "jpg")
    };
    written.map_err(|_| RestCode::ErrorProcessingImage)?;
    Ok(Avatar { bytes, extension })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::codecs::jpeg::JpegEncoder;
    use image::codecs::webp::WebPEncoder;
    use image::{ImageEncoder, Rgb, RgbImage};

    fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Vec::new();
        picture.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
        bytes
    }

    #[test]
    fn every_kind_of_picture_becomes_a_square_of_300() {
        let wide = DynamicImage::new_rgb8(640, 200);
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            let avatar = make_avatar(&encoded(&wide, format)).ok().unwrap();
            let read = image::load_from_memory(&avatar.bytes).unwrap();
            assert_eq!((read.width(), read.height(), avatar.extension), (300, 300, "jpg"));
        }
        let clear = DynamicImage::new_rgba8(10, 10);
        assert_eq!(make_avatar(&encoded(&clear, ImageFormat::Png)).ok().unwrap().extension, "png");
    }

    const UPRIGHT: [[u8; 3]; 4] = [[220, 20, 20], [20, 220, 20], [20, 20, 220], [230, 230, 230]];

    /// A wide picture of four colours, stored as a camera held in this way does: the EXIF standard says of each value
    /// which side of what is seen the first row, and the first column, of what is stored are.
    fn held(value: u16) -> RgbImage {
        let (width, height) = (64, 32);
        let turned = value > 4;
        RgbImage::from_fn(if turned { height } else { width }, if turned { width } else { height }, |c, r| {
            let (x, y) = match value {
                1 => (c, r),
                2 => (width - 1 - c, r),
                3 => (width - 1 - c, height - 1 - r),
                4 => (c, height - 1 - r),
                5 => (r, c),
                6 => (width - 1 - r, c),
                7 => (width - 1 - r, height - 1 - c),
                _ => (r, height - 1 - c),
            };
            Rgb(UPRIGHT[usize::from(x >= width / 2) + 2 * usize::from(y >= height / 2)])
        })
    }

    fn exif(value: u16) -> Vec<u8> {
        let [high, low] = value.to_be_bytes();
        let mut bytes = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01".to_vec();
        bytes.extend_from_slice(&[high, low, 0, 0, 0, 0, 0, 0]);
        bytes
    }

    fn assert_upright(avatar: &Avatar, what: &str) {
        let picture = image::load_from_memory(&avatar.bytes).unwrap().to_rgb8();
        for (corner, expected) in [(60, 60), (240, 60), (60, 240), (240, 240)].into_iter().zip(UPRIGHT) {
            let seen = picture.get_pixel(corner.0, corner.1).0;
            let near = seen.iter().zip(expected).all(|(a, b)| a.abs_diff(b) < 30);
            assert!(near, "{what}: {seen:?} at {corner:?}, {expected:?} expected");
        }
    }

    #[test]
    fn a_photo_stands_upright_however_the_camera_was_held() {
        for value in 1..=8 {
            let picture = held(value);
            let mut jpeg = Vec::new();
            let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, 95);
            encoder.set_exif_metadata(exif(value)).unwrap();
            picture.write_with_encoder(encoder).unwrap();
            let mut webp = Vec::new();
            let mut encoder = WebPEncoder::new_lossless(&mut webp);
            encoder.set_exif_metadata(exif(value)).unwrap();
            picture.write_with_encoder(encoder).unwrap();
            assert_upright(&make_avatar(&jpeg).ok().unwrap(), &format!("JPEG {value}"));
            assert_upright(&make_avatar(&webp).ok().unwrap(), &format!("WebP {value}"));
        }
    }

    #[test]
    fn what_was_hidden_beside_the_pixels_is_gone() {
        let mut bytes = encoded(&DynamicImage::new_rgb8(8, 8), ImageFormat::Png);
        bytes.extend_from_slice(b"<script>alert(1)</script>");
        let avatar = make_avatar(&bytes).ok().unwrap();
        assert!(!avatar.bytes.windows(8).any(|window| window == b"<script>"));
    }

    #[test]
    fn everything_else_is_refused_by_name() {
        assert_eq!(make_avatar(b"<svg/>").err(), Some(RestCode::InvalidFile));
        assert_eq!(make_avatar(b"GIF89a\x01\x00\x01\x00").err(), Some(RestCode::InvalidFile));
        assert_eq!(make_avatar(b"").err(), Some(RestCode::InvalidFile));
        let png = encoded(&DynamicImage::new_rgb8(8, 8), ImageFormat::Png);
        assert_eq!(make_avatar(&png[..50]).err(), Some(RestCode::ErrorProcessingImage));
        let tall = encoded(&DynamicImage::new_rgb8(1, MAX_SIDE + 1), ImageFormat::Png);
        assert_eq!(make_avatar(&tall).err(), Some(RestCode::WrongFileDimension));
    }
}
