//! Writes the windows of a system as plain arrays, so that another program can learn from the
//! very same ones: `export_windows RECIPE PROTOCOL OUT MUSIC…`.
//!
//! `values.f32` (steps, features), `symbols.u16` (steps,), `train.u32` and `judge.u32` (the first
//! step of each window) are little-endian; `shape.json` tells window, features and symbols.

use std::error::Error;
use std::path::{Path, PathBuf};

use cantilena_studio::{Music, Overwrite, SAVE_EVERY, SystemTraining, system_material};
use cantilena_systems::{System, SystemRecipe};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [recipe, protocol, out, music @ ..] = &arguments[..] else {
        return Err("usage: export_windows RECIPE PROTOCOL OUT MUSIC…".into());
    };
    let mut recipe = match recipe.parse::<System>() {
        Ok(system) => SystemRecipe::of(system),
        Err(_) => SystemRecipe::from_toml(&std::fs::read_to_string(recipe)?)?,
    };
    recipe.protocol = protocol.parse()?;
    let request = SystemTraining {
        music: Music::Paths(music.iter().map(PathBuf::from).collect()),
        recipe,
        minutes: None,
        out: PathBuf::from(out),
        overwrite: Overwrite::Replace,
        resume: false,
        save_every: SAVE_EVERY,
        threads: 2,
    };
    let (reading, material) = system_material(&request)?;
    let laid_out = material.laid_out();
    let folder = Path::new(out);
    std::fs::create_dir_all(folder)?;
    let values = laid_out.whole.values.iter().flat_map(|value| value.to_le_bytes());
    std::fs::write(folder.join("values.f32"), values.collect::<Vec<u8>>())?;
    let symbols = laid_out.whole.symbols.iter().flat_map(|symbol| symbol.to_le_bytes());
    std::fs::write(folder.join("symbols.u16"), symbols.collect::<Vec<u8>>())?;
    for (name, starts) in [("train.u32", &laid_out.train), ("judge.u32", &laid_out.judge)] {
        let bytes: Vec<u8> = starts.iter().flat_map(|start| start.to_le_bytes()).collect();
        std::fs::write(folder.join(name), bytes)?;
    }
    let shape = serde_json::json!({
        "window": material.window,
        "features": material.features,
        "symbols": reading.symbols(),
    });
    std::fs::write(folder.join("shape.json"), shape.to_string())?;
    Ok(())
}
