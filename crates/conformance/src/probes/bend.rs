//! Bending a good token, and writing down for a shell how it was bent without giving the token away.

use crate::jwt::Jwt;
use crate::probes::header_probe::{Materials, Provocation};
use http::header::AUTHORIZATION;
use proofload_probing::findings::Stop;
use proofload_probing::messages::{HeaderLine, shell};
use serde_json::{Value, json};

/// The good token's parts.
pub(super) fn jwt_of(materials: &Materials<'_>) -> Result<Jwt, Stop> {
    materials
        .login()?
        .jwt()
        .ok_or_else(|| Stop::skip("the target's tokens are no JWTs, so there is nothing to tamper with"))
}

/// `Authorization: Bearer` with a bent token, and how a command line makes it from `$TOKEN`.
pub(super) fn presented(token: &str, shell_text: &str) -> Provocation {
    Provocation::authorization(HeaderLine::secret(
        AUTHORIZATION,
        &format!("Bearer {token}"),
        format!("Bearer {shell_text}"),
    ))
}

/// For a shell: the first part of `$TOKEN`.
pub(super) fn original_header() -> String {
    shell("${TOKEN%%.*}")
}

/// For a shell: the second part of `$TOKEN`.
pub(super) fn original_payload() -> String {
    shell("$(printf %s \"$TOKEN\" | cut -d. -f2)")
}

/// For a shell: the third part of `$TOKEN`.
pub(super) fn original_signature() -> String {
    shell("${TOKEN##*.}")
}

/// For a shell: the third part of `$TOKEN`, with the character at `place` changed as [`with_changed`] does.
pub(super) fn changed_signature(place: usize) -> String {
    let awk = format!(
        "{{c = substr($0, {at}, 1); print substr($0, 1, {place}) (c == \"A\" ? \"Q\" : \"A\") substr($0, {behind})}}",
        at = place + 1,
        behind = place + 2,
    );
    shell(&format!("$(printf '%s\\n' \"${{TOKEN##*.}}\" | awk '{awk}')"))
}

/// For a shell: the beginning of the third part of `$TOKEN`.
pub(super) fn cut_signature(length: usize) -> String {
    shell(&format!("$(printf '%s\\n' \"${{TOKEN##*.}}\" | cut -c1-{length})"))
}

/// Makes every claim that may carry roles say `Administrator`, and adds one when there is none.
pub(super) fn raise_role(claims: &mut Value) {
    let Some(claims) = claims.as_object_mut() else { return };
    let mut raised = false;
    for (name, value) in claims.iter_mut() {
        let name = name.to_ascii_lowercase();
        if name.contains("role") || name.contains("permission") {
            *value = json!(["Administrator", "proofload"]);
            raised = true;
        }
    }
    if !raised {
        claims.insert("role".to_owned(), "Administrator".into());
    }
}

/// `text` with the character at `place` changed.
pub(super) fn with_changed(text: &str, place: usize) -> String {
    text.chars()
        .enumerate()
        .map(|(at, c)| match (at == place, c) {
            (false, c) => c,
            (true, 'A') => 'Q',
            (true, _) => 'A',
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_named_character_changes() {
        let signature = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        for place in [0, 20, signature.len() - 2] {
            let changed = with_changed(signature, place);
            let differing: Vec<usize> = changed
                .chars()
                .zip(signature.chars())
                .enumerate()
                .filter_map(|(at, (a, b))| (a != b).then_some(at))
                .collect();
            assert_eq!(differing, [place]);
        }
    }

    #[test]
    fn roles_are_raised_in_whatever_claim_carries_them() {
        let long = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role";
        let mut claims = json!({"unique_name": "anna", long: "x"});
        raise_role(&mut claims);
        assert_eq!(claims[long][0], "Administrator");
        let mut bare = json!({"unique_name": "anna"});
        raise_role(&mut bare);
        assert_eq!(bare["role"], "Administrator");
    }
}
