//! Kinds of faults that pass in silence where only what is usual is sent, and what of the same kind is nobody's fault.

mod caught;
mod login;
mod sound;
