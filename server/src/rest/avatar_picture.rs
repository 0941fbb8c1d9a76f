//! Makes an avatar out of whatever picture was sent: decoded within limits, cut square, scaled, written anew. What
//! is stored are only pixels; nothing the sender put beside them survives.

use crate::rest::refusal::RestCode;
use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat, ImageReader, Limits};
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
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_DECODING_BYTES);
    let mut reader =
        ImageReader::with_format(Cursor::new(bytes), format(bytes).ok_or(RestCode::InvalidFile)?);
    reader.limits(limits);
    let picture = reader.decode().map_err(|error| match error {
        image::ImageError::Limits(_) => RestCode::WrongFileDimension,
        image::ImageError::Decoding(_)
        | image::ImageError::Encoding(_)
        | image::ImageError::Parameter(_)
        | image::ImageError::Unsupported(_)
        | image::ImageError::IoError(_) => RestCode::ErrorProcessingImage,
    })?;
    write(&picture.resize_to_fill(AVATAR_PIXELS, AVATAR_PIXELS, FilterType::Triangle))
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
