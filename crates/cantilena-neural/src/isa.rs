//! Which vector instructions the products may use.

use std::sync::OnceLock;

/// An instruction set for which the kernels are compiled. All of them are in every binary; the
/// best one that the processor has is chosen at run time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Isa {
    /// 16 lanes: `avx512f`, `avx512bw`, `avx512dq`, `avx512vl`.
    Avx512,
    /// 8 lanes with fused multiply-add: `avx2`, `fma`.
    Avx2,
    /// 4 lanes with fused multiply-add, the baseline of 64-bit Arm.
    Neon,
    /// Plain arrays of 4 lanes, on every processor.
    Portable,
}

impl Isa {
    /// All of them, the widest first.
    pub const ALL: [Isa; 4] = [Isa::Avx512, Isa::Avx2, Isa::Neon, Isa::Portable];

    /// The name that `CANTILENA_ISA` takes.
    pub fn name(self) -> &'static str {
        match self {
            Isa::Avx512 => "avx512",
            Isa::Avx2 => "avx2",
            Isa::Neon => "neon",
            Isa::Portable => "portable",
        }
    }

    /// Whether this processor can run it.
    pub fn is_available(self) -> bool {
        match self {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => {
                is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
                    && is_x86_feature_detected!("avx2")
                    && is_x86_feature_detected!("fma")
            }
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            Isa::Neon => cfg!(target_arch = "aarch64"),
            Isa::Portable => true,
            #[cfg(not(target_arch = "x86_64"))]
            Isa::Avx512 | Isa::Avx2 => false,
        }
    }

    /// The widest that this processor can run.
    pub fn best() -> Isa {
        Isa::ALL.into_iter().find(|isa| isa.is_available()).unwrap_or(Isa::Portable)
    }
}

/// The instruction set in use: the one that the environment variable `CANTILENA_ISA` names, or
/// else the best. Read once, at the first call.
///
/// # Panics
///
/// If `CANTILENA_ISA` names no instruction set of this processor: whoever forces one wants to
/// know that it is not there.
pub fn isa() -> Isa {
    static ISA: OnceLock<Isa> = OnceLock::new();
    *ISA.get_or_init(|| match std::env::var("CANTILENA_ISA") {
        Err(_) => Isa::best(),
        Ok(name) => {
            let available = Isa::ALL.into_iter().filter(|isa| isa.is_available());
            available.clone().find(|isa| isa.name() == name).unwrap_or_else(|| {
                let names: Vec<_> = available.map(Isa::name).collect();
                panic!("CANTILENA_ISA is {name:?}; this processor has {}", names.join(", "))
            })
        }
    })
}
