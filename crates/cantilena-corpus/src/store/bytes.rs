//! Numbers and words as bytes, and back.

/// Writes a number in groups of seven bits, the lowest first: small numbers take one byte.
pub(super) fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Writes a number that may be negative; near zero on either side takes one byte.
pub(super) fn put_signed(out: &mut Vec<u8>, number: i64) {
    put(out, ((number << 1) ^ (number >> 63)) as u64);
}

/// Writes bytes with their length before them.
pub(super) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Bytes that are read from the front; every reading may fail, none goes past the end.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

/// What is wrong with a record.
pub(super) type Fault = &'static str;

impl<'a> Reader<'a> {
    pub(super) fn byte(&mut self) -> Result<u8, Fault> {
        let (first, rest) = self.0.split_first().ok_or("a record ends too early")?;
        self.0 = rest;
        Ok(*first)
    }

    pub(super) fn number(&mut self) -> Result<u64, Fault> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err("a number of more than 64 bits")
    }

    pub(super) fn signed(&mut self) -> Result<i64, Fault> {
        let number = self.number()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    pub(super) fn small<T: TryFrom<u64>>(&mut self) -> Result<T, Fault> {
        T::try_from(self.number()?).map_err(|_| "a number beyond its range")
    }

    pub(super) fn bytes(&mut self) -> Result<&'a [u8], Fault> {
        let length: usize = self.small()?;
        let (bytes, rest) = self.0.split_at_checked(length).ok_or("a record ends too early")?;
        self.0 = rest;
        Ok(bytes)
    }

    pub(super) fn text(&mut self) -> Result<String, Fault> {
        let text = std::str::from_utf8(self.bytes()?).map_err(|_| "words that are no UTF-8")?;
        Ok(text.to_owned())
    }

    /// How many things follow, each of at least `least` bytes: a claim of more than the bytes
    /// that are left is refused before room is made for them.
    pub(super) fn count(&mut self, least: usize) -> Result<usize, Fault> {
        let count: usize = self.small()?;
        let fits = count.checked_mul(least).is_some_and(|bytes| bytes <= self.0.len());
        if fits { Ok(count) } else { Err("more things than there are bytes for them") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back() {
        let mut out = Vec::new();
        let numbers = [0, 1, -1, 63, 64, -64, -65, i64::MAX, i64::MIN];
        numbers.iter().for_each(|number| put_signed(&mut out, *number));
        put(&mut out, u64::MAX);
        let mut reader = Reader(&out);
        assert!(numbers.iter().all(|number| reader.signed() == Ok(*number)));
        assert_eq!((reader.number(), reader.0.len()), (Ok(u64::MAX), 0));
        assert!(Reader(&[0xff; 11]).number().is_err());
        assert!(Reader(&[9, 1]).count(1).is_err());
    }
}
