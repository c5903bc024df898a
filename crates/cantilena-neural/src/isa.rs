//! Which vector instructions the products may use.

use std::sync::OnceLock;

/// An instruction set for which the kernels are compiled. All of them are in every binary; the
/// best one that the processor has is chosen at run time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Isa {
    /// As `Avx512`, and `avx512_bf16`: products of pairs of short numbers.
    Avx512Bf16,
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
    pub const ALL: [Isa; 5] = [Isa::Avx512Bf16, Isa::Avx512, Isa::Avx2, Isa::Neon, Isa::Portable];

    /// The name that `CANTILENA_ISA` takes.
    pub fn name(self) -> &'static str {
        match self {
            Isa::Avx512Bf16 => "avx512bf16",
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
            Isa::Avx512Bf16 => Isa::Avx512.is_available() && is_x86_feature_detected!("avx512bf16"),
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
            Isa::Avx512Bf16 | Isa::Avx512 | Isa::Avx2 => false,
        }
    }

    /// The fastest that this processor can run.
    ///
    /// Intel's processors have `avx512_bf16` for its own sake only: on one of the Sapphire Rapids
    /// class it does half as many operations a second as `f32` does, and taking the pairs apart
    /// for two multiplications of `f32` is faster. On AMD's Zen 5 it does twice as many.
    pub fn best() -> Isa {
        let worthwhile = |isa: Isa| isa.is_available() && (isa != Isa::Avx512Bf16 || is_amd());
        Isa::ALL.into_iter().find(|&isa| worthwhile(isa)).unwrap_or(Isa::Portable)
    }
}

/// Whether the processor calls itself AMD's.
fn is_amd() -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        let vendor = std::arch::x86_64::__cpuid(0);
        [vendor.ebx, vendor.edx, vendor.ecx].map(u32::to_le_bytes).concat() == b"AuthenticAMD"
    }
    #[cfg(not(target_arch = "x86_64"))]
    false
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
