//! The engine against whole servers: right ones, bent ones, and ones that lose calls.

mod accepted;
mod all_sound; // early in the alphabet: it waits for the clock while others work
mod behaviour;
mod found;
mod fronts;
mod lent;
mod lossy;
mod one_account;
mod repeated;
mod target;
