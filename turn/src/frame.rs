//! Messages on a stream: where one ends and the next begins (RFC 8656 §3 and §12.5, RFC 8489 §6.2.2).

/// Far more than any packet of a call.
pub const LONGEST: usize = 8 * 1024;

const STUN_HEADER: usize = 20;
const CHANNEL_HEADER: usize = 4;

/// What does not speak our protocol, or speaks too much of it.
#[derive(Debug, PartialEq, Eq)]
pub struct NotOurs;

/// Takes the next whole message off the front, without its padding; `None` when more has to come.
///
/// # Errors
/// When what is there cannot be the start of a message.
pub fn take(buffer: &mut Vec<u8>) -> Result<Option<Vec<u8>>, NotOurs> {
    let Some((head, _)) = buffer.split_first_chunk::<4>() else {
        return Ok(None);
    };
    let said = usize::from(u16::from_be_bytes([head[2], head[3]]));
    let (length, padded) = match head[0] >> 6 {
        0b00 if said % 4 == 0 => (said + STUN_HEADER, said + STUN_HEADER),
        0b01 => (said + CHANNEL_HEADER, (said + CHANNEL_HEADER).next_multiple_of(4)),
        _ => return Err(NotOurs),
    };
    if length > LONGEST {
        return Err(NotOurs);
    }
    if buffer.len() < padded {
        return Ok(None);
    }
    let mut message: Vec<u8> = buffer.drain(..padded).collect();
    message.truncate(length);
    Ok(Some(message))
}

/// On a stream every message ends at a multiple of four bytes.
pub fn pad(message: &mut Vec<u8>) {
    message.resize(message.len().next_multiple_of(4), 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel(data: &[u8]) -> Vec<u8> {
        let mut message = vec![0x40, 0x01, 0, u8::try_from(data.len()).unwrap()];
        message.extend_from_slice(data);
        message
    }

    #[test]
    fn channel_data_is_padded_on_the_stream_and_bare_inside() {
        for length in 0..9 {
            let bare = channel(&vec![7; length]);
            let mut wire = bare.clone();
            pad(&mut wire);
            assert_eq!(wire.len() % 4, 0);
            wire.extend_from_slice(&[0x40, 0x02]);
            for cut in 0..wire.len() - 2 {
                assert_eq!(take(&mut wire[..cut].to_vec()), Ok(None), "{length} {cut}");
            }
            assert_eq!(take(&mut wire), Ok(Some(bare)), "{length}");
            assert_eq!(wire, [0x40, 0x02]);
        }
    }

    #[test]
    fn a_stun_message_ends_where_its_header_says() {
        let mut wire = vec![0, 1, 0, 4];
        wire.extend_from_slice(&[0; 16 + 4 + 3]);
        assert_eq!(take(&mut wire).unwrap().unwrap().len(), 24);
        assert_eq!(wire.len(), 3);
    }

    #[test]
    fn other_protocols_are_told_at_once() {
        for start in
            [&b"GET / HTTP/1.1"[..], &[0x80, 0, 0, 0], &[0xff; 4], &[0, 1, 0, 3], &[0x40, 0, 0xff, 0xff]]
        {
            let mut wire = start.to_vec();
            // `G` is 0b01…: it looks like a channel of 17 KiB.
            assert_eq!(take(&mut wire), Err(NotOurs), "{start:?}");
        }
    }
}
