//! Numbers as people read them.

/// A count with commas: `12,345`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .filter_map(|group| std::str::from_utf8(group).ok())
        .collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_commas() {
        let counts = [0, 999, 1000, 451_158, 1_234_567].map(count);
        assert_eq!(counts, ["0", "999", "1,000", "451,158", "1,234,567"]);
    }
}
