//! What the daemon has to say: lines as AWS's writes them, on standard error or in a file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use xray_model::civil_from_days;

use crate::{Error, clock};

/// Bytes after which a file is put aside; one that was is kept. The daemon's size.
const ROTATE_AFTER: u64 = 50 << 20;

/// From most to least. `prod` is the daemon's default, and says what `info` does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Level {
    Dev,
    Debug,
    Info,
    Warn,
    Error,
    #[default]
    Prod,
}

impl Level {
    fn rank(self) -> u8 {
        match self {
            Self::Dev => 0,
            Self::Debug => 1,
            Self::Info | Self::Prod => 2,
            Self::Warn => 3,
            Self::Error => 4,
        }
    }
}

impl FromStr for Level {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "dev" => Ok(Self::Dev),
            "debug" => Ok(Self::Debug),
            "info" => Ok(Self::Info),
            "warn" => Ok(Self::Warn),
            "error" => Ok(Self::Error),
            "prod" => Ok(Self::Prod),
            _ => Err(format!("`{text}` is no level: take dev, debug, info, warn, error or prod")),
        }
    }
}

/// Writes what is important enough. That it cannot write stops nothing.
#[derive(Debug)]
pub(super) struct Log {
    file: Option<(PathBuf, File, u64)>,
    level: Level,
    rotates: bool,
}

impl Log {
    pub(super) fn open(path: Option<&Path>, level: Level, rotates: bool) -> Result<Self, Error> {
        let cannot = |path: &Path, error: io::Error| Error::new(format!("{} cannot be written: {error}", path.display()));
        let file = path.map(|path| opened(path).map(|(file, size)| (path.to_owned(), file, size)).map_err(|error| cannot(path, error)));
        Ok(Self { file: file.transpose()?, level, rotates })
    }

    pub(super) fn write(&mut self, level: Level, text: &str) {
        if level.rank() < self.level.rank() {
            return;
        }
        let line = format!("{} [{level:?}] {text}\n", timestamp(clock::today().as_secs()));
        let Some((path, file, size)) = &mut self.file else {
            let _ = io::stderr().lock().write_all(line.as_bytes());
            return;
        };
        if self.rotates && *size + line.len() as u64 > ROTATE_AFTER {
            let mut aside = path.clone().into_os_string();
            aside.push(".1");
            // Where it cannot be put aside, it grows on.
            if fs::rename(&path, aside).is_ok()
                && let Ok((new, length)) = opened(path)
            {
                (*file, *size) = (new, length);
            }
        }
        if file.write_all(line.as_bytes()).is_ok() {
            *size += line.len() as u64;
        }
    }
}

fn timestamp(seconds: u64) -> String {
    let (year, month, day) = civil_from_days(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

fn opened(path: &Path) -> io::Result<(File, u64)> {
    let file = OpenOptions::new().append(true).create(true).open(path)?;
    let size = file.metadata()?.len();
    Ok((file, size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_written_by_level_and_times_are_dates() {
        assert_eq!(timestamp(1_710_276_830), "2024-03-12T20:53:50Z");
        for (level, expected) in [(Level::Prod, 3), (Level::Dev, 4), (Level::Warn, 2), (Level::Error, 1)] {
            let path = std::env::temp_dir().join(format!("autoxray-log-{}-{level:?}", std::process::id()));
            let mut log = Log::open(Some(&path), level, true).unwrap();
            for of in [Level::Debug, Level::Info, Level::Warn, Level::Error] {
                log.write(of, "said");
            }
            let lines = fs::read_to_string(&path).unwrap();
            fs::remove_file(&path).unwrap();
            assert_eq!(lines.lines().count(), expected, "{lines}");
            assert!(lines.ends_with("Z [Error] said\n"), "{lines}");
        }
    }

    #[test]
    fn a_large_file_is_put_aside() {
        let path = std::env::temp_dir().join(format!("autoxray-log-{}-large", std::process::id()));
        File::create(&path).unwrap().set_len(ROTATE_AFTER).unwrap();
        Log::open(Some(&path), Level::Prod, true).unwrap().write(Level::Info, "said");
        let aside = path.with_extension("1");
        let sizes = (fs::metadata(&path).unwrap().len() < 100, fs::metadata(&aside).unwrap().len());
        for path in [&path, &aside] {
            fs::remove_file(path).unwrap();
        }
        assert_eq!(sizes, (true, ROTATE_AFTER));
    }
}
