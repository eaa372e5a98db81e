//! Whether a step's inputs have changed since it last succeeded.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest as _, Sha256};

/// Folders that hold results, never inputs.
const RESULT_FOLDERS: [&str; 5] = ["node_modules", "dist", "dist-tests", "target", ".git"];

/// Returns a text that differs whenever the named files, or the files in the named folders, do.
pub fn of(root: &Path, inputs: &[&str], versions: &[&str]) -> Result<String> {
    let mut files = Vec::new();
    for input in inputs {
        files_in(&root.join(input), &mut files)?;
    }
    files.sort();

    let mut hasher = Sha256::new();
    for version in versions {
        hasher.update(version.as_bytes());
        hasher.update([0]);
    }
    for file in files {
        let content = std::fs::read(&file).with_context(|| format!("could not read `{}`", file.display()))?;
        hasher.update(file.strip_prefix(root).unwrap_or(&file).to_string_lossy().as_bytes());
        hasher.update([0]);
        hasher.update(u64::try_from(content.len()).unwrap_or(u64::MAX).to_le_bytes());
        hasher.update(&content);
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Adds every file below a path that is not a result of building; a missing path adds nothing.
pub fn files_in(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_file() {
        files.push(path.to_path_buf());
        return Ok(());
    }
    if !path.is_dir() {
        return Ok(());
    }
    let entries = std::fs::read_dir(path).with_context(|| format!("could not read `{}`", path.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("could not read `{}`", path.display()))?;
        if !RESULT_FOLDERS.iter().any(|folder| entry.file_name() == *folder) {
            files_in(&entry.path(), files)?;
        }
    }
    Ok(())
}

/// A file that remembers the fingerprint of the last success.
pub struct Stamp {
    path: PathBuf,
}

impl Stamp {
    /// Returns the stamp kept at a path.
    pub fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// Tells whether the last success had this fingerprint.
    pub fn holds(&self, fingerprint: &str) -> bool {
        std::fs::read_to_string(&self.path).is_ok_and(|kept| kept == fingerprint)
    }

    /// Remembers a success.
    pub fn write(&self, fingerprint: &str) -> Result<()> {
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("could not create `{}`", folder.display()))?;
        }
        std::fs::write(&self.path, fingerprint)
            .with_context(|| format!("could not write `{}`", self.path.display()))
    }

    /// Forgets the last success, before the work that may fail half-way.
    pub fn clear(&self) -> Result<()> {
        match std::fs::remove_file(&self.path) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error).with_context(|| format!("could not remove `{}`", self.path.display())),
        }
    }
}
