//! Words about users.

/// Whether there are none.
pub fn nobody(names: &[String]) -> bool {
    names.len() == 0
}

/// How a user is greeted.
pub fn display_name(name: &str) -> String {
    name.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_name_is_capitalised() {
        assert_eq!(display_name("ada"), "Ada");
    }
}
