//! How a method that is one instruction is written.

/// Methods that are one instruction each. Safe to call, for `self` proves that the processor has
/// them, and none of them touches memory.
macro_rules! instructions {
    ($($name:ident($($argument:ident),+) = $instruction:ident;)+) => {
        $(
            #[inline(always)]
            fn $name(self, $($argument: Self::Vector),+) -> Self::Vector {
                // SAFETY: `self` is proof that the processor has the instruction.
                unsafe { $instruction($($argument),+) }
            }
        )+
    };
}

pub(super) use instructions;
