//! Where operating systems keep a General MIDI SoundFont.

/// Paths at which an .sf2 file with the General MIDI programs is often installed, best first.
///
/// This crate opens nothing: whoever may open files tries these in order and gives the bytes of
/// the first to [`SoundFont::read`](crate::SoundFont::read). Some distributions make
/// `default-GM.sf2` a link to an .sf3 file, which is refused as
/// [`SoundError::Compressed`](crate::SoundError::Compressed); the next path may do.
pub const INSTALLED_SOUNDFONTS: [&str; 11] = [
    "/usr/share/sounds/sf2/default-GM.sf2",
    "/usr/share/soundfonts/default.sf2",
    "/usr/share/sounds/sf2/FluidR3_GM.sf2",
    "/usr/share/soundfonts/FluidR3_GM.sf2",
    "/usr/share/soundfonts/FluidR3_GM2-2.sf2",
    "/usr/share/sounds/sf2/GeneralUser-GS.sf2",
    "/usr/share/soundfonts/GeneralUser.sf2",
    "/usr/share/sounds/sf2/TimGM6mb.sf2",
    "/usr/share/sounds/sf2/opl3-soundfont.sf2",
    "/usr/local/share/soundfonts/default.sf2",
    "/opt/homebrew/share/soundfonts/default.sf2",
];
