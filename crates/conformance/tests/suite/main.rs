//! The engine against whole servers: right ones, bent ones, and ones that lose calls.

mod accepted;
mod behaviour;
mod found;
mod fronts;
mod lent;
mod lossy;
mod one_account;
mod repeated;
mod sound;
mod target;
