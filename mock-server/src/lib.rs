//! A faithful, stateful eConnect Identities server to test against.
