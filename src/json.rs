//! Reads JSON into the protocol's types. It knows no floating point numbers, which the protocol does not have, and
//! does not say what it disliked: the tables and texts for those two make up most of a general reader's size.

use serde::Deserialize;
use serde::de::{self, Deserializer, IntoDeserializer, Visitor};
use std::borrow::Cow;
use std::fmt;

/// The value, if the whole text is one.
pub fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Option<T> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    let value = T::deserialize(&mut reader).ok()?;
    reader.peek().is_none().then_some(value)
}

/// Deeper nesting is refused, before it could exhaust the stack.
const DEEPEST: u32 = 64;

struct Reader<'de> {
    text: &'de str,
    at: usize,
    depth: u32,
}

#[derive(Debug)]
struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unreadable")
    }
}

impl std::error::Error for Unreadable {}

impl de::Error for Unreadable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

type Read<T> = Result<T, Unreadable>;

impl<'de> Reader<'de> {
    /// The next byte that is no white space; `None` at the end.
    fn peek(&mut self) -> Option<u8> {
        while let Some(byte) = self.here() {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
            self.at += 1;
        }
        None
    }

    fn here(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn expect(&mut self, byte: u8) -> Read<()> {
        if self.peek() == Some(byte) {
            self.at += 1;
            Ok(())
        } else {
            Err(Unreadable)
        }
    }

    fn word(&mut self, word: &str) -> Read<()> {
        if self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            self.at += word.len();
            Ok(())
        } else {
            Err(Unreadable)
        }
    }

    fn digits(&mut self) -> Read<&'de str> {
        let start = self.at;
        while self.here().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        let digits = self.text.get(start..self.at).unwrap_or_default();
        let padded = digits.len() > 1 && digits.starts_with('0');
        if digits.is_empty() || padded { Err(Unreadable) } else { Ok(digits) }
    }

    fn number<V: Visitor<'de>>(&mut self, visitor: V) -> Read<V::Value> {
        let start = self.at;
        let negative = self.word("-").is_ok();
        self.digits()?;
        if matches!(self.here(), Some(b'.' | b'e' | b'E')) {
            return Err(Unreadable);
        }
        let number = self.text.get(start..self.at).unwrap_or_default();
        if negative {
            visitor.visit_i64(number.parse().map_err(|_| Unreadable)?)
        } else {
            visitor.visit_u64(number.parse().map_err(|_| Unreadable)?)
        }
    }

    /// A text in quotes: where nothing is escaped, a part of the input.
    fn string(&mut self) -> Read<Cow<'de, str>> {
        self.expect(b'"')?;
        let start = self.at;
        let mut written = None::<String>;
        let mut from = start;
        loop {
            let byte = self.here().ok_or(Unreadable)?;
            match byte {
                b'"' | b'\\' => {
                    let piece = self.text.get(from..self.at).ok_or(Unreadable)?;
                    self.at += 1;
                    if byte == b'"' {
                        return Ok(match written {
                            None => Cow::Borrowed(piece),
                            Some(text) => Cow::Owned(text + piece),
                        });
                    }
                    let text = written.get_or_insert_default();
                    text.push_str(piece);
                    text.push(self.escaped()?);
                    from = self.at;
                }
                0..=0x1f => return Err(Unreadable),
                _ => self.at += 1,
            }
        }
    }

    /// What stands behind a backslash.
    fn escaped(&mut self) -> Read<char> {
        let byte = self.here().ok_or(Unreadable)?;
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.hex()?;
                let code = if (0xd800..0xdc00).contains(&first) {
                    // The first half of a pair.
                    self.word("\\u")?;
                    let second = self.hex()?.wrapping_sub(0xdc00);
                    if second > 0x3ff {
                        return Err(Unreadable);
                    }
                    0x10000 + ((first - 0xd800) << 10) + second
                } else {
                    first
                };
                char::from_u32(code).ok_or(Unreadable)?
            }
            _ => return Err(Unreadable),
        })
    }

    fn hex(&mut self) -> Read<u32> {
        let digits = self.text.get(self.at..self.at + 4).ok_or(Unreadable)?;
        self.at += 4;
        // `from_str_radix` would take a sign.
        let digit = |byte: u8| char::from(byte).to_digit(16).ok_or(Unreadable);
        digits.bytes().try_fold(0, |sum, byte| Ok(sum * 16 + digit(byte)?))
    }

    fn skip(&mut self) -> Read<()> {
        match self.peek().ok_or(Unreadable)? {
            b'"' => self.string().map(drop),
            b'{' => self.inside(b'{', |reader| {
                let mut items = Items::new(reader, b'}');
                while items.next()? {
                    items.reader.string()?;
                    items.reader.expect(b':')?;
                    items.reader.skip()?;
                }
                Ok(())
            }),
            b'[' => self.inside(b'[', |reader| {
                let mut items = Items::new(reader, b']');
                while items.next()? {
                    items.reader.skip()?;
                }
                Ok(())
            }),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => self.skip_number(),
        }
    }

    /// A number of any kind, which a newer server may send where nobody here looks.
    fn skip_number(&mut self) -> Read<()> {
        let _ = self.word("-");
        self.digits()?;
        if self.word(".").is_ok() {
            self.any_digits()?;
        }
        if matches!(self.here(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.here(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.any_digits()?;
        }
        Ok(())
    }

    fn any_digits(&mut self) -> Read<()> {
        let start = self.at;
        while self.here().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at > start { Ok(()) } else { Err(Unreadable) }
    }

    /// One level further in, from the opening bracket on; `content` takes the closing one too.
    fn inside<T>(&mut self, open: u8, content: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        self.expect(open)?;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Unreadable);
        }
        let value = content(self)?;
        self.depth -= 1;
        Ok(value)
    }
}

/// The members of an array or object.
struct Items<'a, 'de> {
    reader: &'a mut Reader<'de>,
    first: bool,
    ended: bool,
    end: u8,
}

impl<'a, 'de> Items<'a, 'de> {
    fn new(reader: &'a mut Reader<'de>, end: u8) -> Self {
        Self { reader, first: true, ended: false, end }
    }

    /// Goes to the next member; false when the closing bracket was taken, now or before.
    fn next(&mut self) -> Read<bool> {
        if self.ended {
            return Ok(false);
        }
        let first = std::mem::take(&mut self.first);
        match self.reader.peek() {
            Some(byte) if byte == self.end => {
                self.reader.at += 1;
                self.ended = true;
                Ok(false)
            }
            Some(b',') if !first => {
                self.reader.at += 1;
                // A comma is followed by a member.
                if self.reader.peek() == Some(self.end) { Err(Unreadable) } else { Ok(true) }
            }
            Some(_) if first => Ok(true),
            _ => Err(Unreadable),
        }
    }

    /// Nothing may be left over.
    fn done<T>(mut self, value: T) -> Read<T> {
        if self.next()? { Err(Unreadable) } else { Ok(value) }
    }
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Unreadable;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.peek().ok_or(Unreadable)? {
            b'"' => match self.string()? {
                Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
                Cow::Owned(text) => visitor.visit_string(text),
            },
            b'{' => self.inside(b'{', |reader| visit(reader, b'}', |items| visitor.visit_map(items))),
            b'[' => self.inside(b'[', |reader| visit(reader, b']', |items| visitor.visit_seq(items))),
            b't' => self.word("true").and_then(|()| visitor.visit_bool(true)),
            b'f' => self.word("false").and_then(|()| visitor.visit_bool(false)),
            b'n' => self.word("null").and_then(|()| visitor.visit_unit()),
            _ => self.number(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        if self.peek() == Some(b'n') {
            self.word("null").and_then(|()| visitor.visit_none())
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Read<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    /// `"variant"`, or `{"variant": content}`.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        if self.peek() != Some(b'{') {
            return visitor.visit_enum(Variant { reader: self, has_content: false });
        }
        self.inside(b'{', |reader| {
            let value = visitor.visit_enum(Variant { reader, has_content: true })?;
            reader.expect(b'}').map(|()| value)
        })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.skip()?;
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier
    }
}

/// Lets a visitor look at the members, and makes sure that it saw all.
fn visit<'de, T>(
    reader: &mut Reader<'de>,
    end: u8,
    visitor: impl FnOnce(&mut Items<'_, 'de>) -> Read<T>,
) -> Read<T> {
    let mut items = Items::new(reader, end);
    let value = visitor(&mut items)?;
    items.done(value)
}

impl<'de> de::SeqAccess<'de> for &mut Items<'_, 'de> {
    type Error = Unreadable;

    fn next_element_seed<T: de::DeserializeSeed<'de>>(&mut self, seed: T) -> Read<Option<T::Value>> {
        if self.next()? { seed.deserialize(&mut *self.reader).map(Some) } else { Ok(None) }
    }
}

impl<'de> de::MapAccess<'de> for &mut Items<'_, 'de> {
    type Error = Unreadable;

    fn next_key_seed<K: de::DeserializeSeed<'de>>(&mut self, seed: K) -> Read<Option<K::Value>> {
        if !self.next()? {
            return Ok(None);
        }
        if self.reader.peek() != Some(b'"') {
            return Err(Unreadable);
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }

    fn next_value_seed<V: de::DeserializeSeed<'de>>(&mut self, seed: V) -> Read<V::Value> {
        self.reader.expect(b':')?;
        seed.deserialize(&mut *self.reader)
    }
}

struct Variant<'a, 'de> {
    reader: &'a mut Reader<'de>,
    has_content: bool,
}

impl<'de> de::EnumAccess<'de> for Variant<'_, 'de> {
    type Error = Unreadable;
    type Variant = Self;

    fn variant_seed<V: de::DeserializeSeed<'de>>(self, seed: V) -> Read<(V::Value, Self)> {
        let name = self.reader.string()?;
        seed.deserialize(name.as_ref().into_deserializer()).map(|name| (name, self))
    }
}

impl<'de> de::VariantAccess<'de> for Variant<'_, 'de> {
    type Error = Unreadable;

    fn unit_variant(self) -> Read<()> {
        if !self.has_content {
            return Ok(());
        }
        self.reader.expect(b':')?;
        self.reader.peek();
        self.reader.word("null")
    }

    fn newtype_variant_seed<T: de::DeserializeSeed<'de>>(self, seed: T) -> Read<T::Value> {
        seed.deserialize(self.content()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Read<V::Value> {
        self.content()?.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Read<V::Value> {
        self.content()?.deserialize_any(visitor)
    }
}

impl<'a, 'de> Variant<'a, 'de> {
    fn content(self) -> Read<&'a mut Reader<'de>> {
        if !self.has_content {
            return Err(Unreadable);
        }
        self.reader.expect(b':')?;
        Ok(self.reader)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::read;
    use bandyer_protocol::{ServerEnvelope, UploadReceipt};
    use proptest::prelude::*;
    use serde::de::DeserializeOwned;
    use serde_json::Value;
    use std::fmt::Debug;
    use std::fs;

    /// Reads what the general reader reads, and nothing else.
    fn agrees<T: DeserializeOwned + PartialEq + Debug>(text: &str) {
        assert_eq!(read::<T>(text), serde_json::from_str(text).ok(), "{text}");
    }

    fn golden(folder: &str) -> Vec<String> {
        let path = format!("{}/protocol/tests/golden/{folder}", env!("CARGO_MANIFEST_DIR"));
        let files =
            fs::read_dir(path).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
        files.collect()
    }

    #[test]
    fn every_written_message_is_read() {
        let messages = golden("server");
        assert!(messages.len() > 10);
        for text in &messages {
            assert!(read::<ServerEnvelope>(text).is_some(), "{text}");
            agrees::<ServerEnvelope>(text);
        }
    }

    #[test]
    fn texts_are_read_as_they_were_meant() {
        for text in [
            r#""a\"\\\/\b\f\n\r\tz""#,
            r#""\u00e9\ud83d\ude00é😀""#,
            r#""""#,
            r#""\ud83d""#,
            r#""\ud83dx""#,
            r#""\ud83d\u0041""#,
            r#""\ude00""#,
            r#""\u+041""#,
            r#""\u00é""#,
            r#""\x""#,
            "\"a\nb\"",
            "\"open",
            "\"\\",
        ] {
            agrees::<String>(text);
        }
    }

    #[test]
    fn numbers_are_whole_and_in_range() {
        for text in
            ["0", "1", "-1", "01", "+1", "-", "9223372036854775808", "18446744073709551616", "1 1", " 7\n"]
        {
            agrees::<i64>(text);
            agrees::<u64>(text);
            agrees::<u32>(text);
        }
    }

    #[test]
    fn what_nobody_looks_at_must_still_be_json() {
        let receipt = |more: &str| {
            let attachment = r#"{"upload":"f","name":"a","size":1,"media_type":"b","picture":false}"#;
            agrees::<UploadReceipt>(&format!(r#"{{"more":{more},"attachment":{attachment}}}"#));
        };
        for more in [
            "1.5",
            "-0.25e+10",
            "1E5",
            "1.",
            ".5",
            "1e",
            "00",
            "[]",
            "[1,]",
            "[1,[2,{}]]",
            "{}",
            r#"{"a":1,}"#,
            r#"{"a":}"#,
            r#"{"a":{"b":[null,true,false]}}"#,
            r#"{a:1}"#,
            "nul",
            "tru",
            "\"\\u12\"",
            "[",
            "{",
            "",
            "]",
        ] {
            receipt(more);
        }
    }

    #[test]
    fn deep_nesting_is_refused_and_not_followed() {
        let deep = "[".repeat(1_000_000);
        assert_eq!(read::<Vec<Vec<u32>>>(&deep), None);
        assert_eq!(read::<UploadReceipt>(&format!("{{\"more\":{deep}")), None);
    }

    proptest! {
        #[test]
        fn a_damaged_message_is_read_as_the_general_reader_does(
            which in any::<prop::sample::Index>(), place in any::<prop::sample::Index>(), byte in 0_u8..127, kind in 0..3,
        ) {
            let messages = golden("server");
            let mut text = which.get(&messages).clone().into_bytes();
            let place = place.index(text.len());
            match kind {
                0 => text[place] = byte,
                1 => text.insert(place, byte),
                _ => text.truncate(place),
            }
            if let Ok(text) = String::from_utf8(text) {
                agrees::<ServerEnvelope>(&text);
            }
        }

        #[test]
        fn texts_survive_being_written_and_read(texts in prop::collection::btree_map(".*", prop::collection::vec(".*", 0..3), 0..3)) {
            let written = serde_json::to_string(&texts).unwrap();
            prop_assert_eq!(read(&written), Some(texts));
        }

        #[test]
        fn any_text_gives_an_answer(text: String) {
            agrees::<Vec<String>>(&text);
            let _: Option<Value> = read(&text);
        }
    }
}
