//! Users in memory.

/// The names of the users, in the order in which they came.
#[derive(Default)]
pub struct Store {
    names: Vec<String>,
}

impl Store {
    /// Keeps a user and returns its id; none for a blank name.
    pub fn add(&mut self, name: &str) -> Option<usize> {
        eprintln!("[store:add] name={name:?}");
        let name = name.trim();
        if name.is_empty() {
            eprintln!("[store:add] error=the name is blank");
            return None;
        }
        self.names.push(name.to_string());
        Some(self.names.len())
    }

    /// All names.
    pub fn all(&self) -> &[String] {
        eprintln!("[store:all] count={}", self.names.len());
        &self.names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_count_from_one() {
        let mut store = Store::default();
        assert_eq!(store.add(" Ada "), Some(1));
    }

    #[test]
    fn a_blank_name_is_refused() {
        assert_eq!(Store::default().add("  "), None);
    }
}
