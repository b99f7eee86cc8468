//! Tokens that nobody may have issued: garbage, and good ones tampered with.

use crate::conformance::clause::Clause;
use crate::conformance::draft::{HeaderLine, shell};
use crate::conformance::finding::Stop;
use crate::conformance::header_probe::{HeaderProbe, Materials, Provocation, Verify};
use crate::conformance::jwt::{self, Jwt};
use http::header::AUTHORIZATION;
use proofload_contract::Source;
use serde_json::{Value, json};

pub(super) fn all() -> Vec<HeaderProbe> {
    vec![
        HeaderProbe {
            clause: Clause::new(
                "garbage-token",
                Source::Seed,
                "A token that is no JWT is refused with 401.",
            ),
            provoke: |_| {
                Ok(Provocation::authorization(HeaderLine::plain(
                    AUTHORIZATION,
                    "Bearer garbage",
                )))
            },
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new(
                "tampered-payload",
                Source::Seed,
                "A token whose payload was changed after signing (a role raised) is refused with 401.",
            ),
            provoke: |materials| {
                let jwt = jwt_of(materials)?;
                let mut claims = jwt.claims();
                raise_role(&mut claims);
                let payload = jwt::encode(&claims);
                Ok(presented(
                    &format!("{}.{payload}.{}", jwt.header, jwt.signature),
                    &format!("{}.{payload}.{}", shell("${TOKEN%%.*}"), shell("${TOKEN##*.}")),
                ))
            },
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new(
                "tampered-signature",
                Source::Seed,
                "A token with one character of its signature changed is refused with 401.",
            ),
            provoke: |materials| {
                let jwt = jwt_of(materials)?;
                let signature = with_changed_middle(&jwt.signature);
                Ok(presented(
                    &format!("{}.{signature}", jwt.signing_input()),
                    &format!("{}.{signature}", shell("${TOKEN%.*}")),
                ))
            },
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new(
                "alg-none",
                Source::Seed,
                "An unsigned token (alg none) is refused with 401.",
            ),
            provoke: |materials| {
                let jwt = jwt_of(materials)?;
                let header = jwt::encode(&json!({"alg": "none", "typ": "JWT"}));
                Ok(presented(
                    &format!("{header}.{}.", jwt.payload),
                    &format!("{header}.{}.", shell("$(printf %s \"$TOKEN\" | cut -d. -f2)")),
                ))
            },
            verify: Verify::Refused,
        },
    ]
}

/// The good token's parts.
pub(super) fn jwt_of(materials: &Materials<'_>) -> Result<Jwt, Stop> {
    materials
        .login
        .jwt()
        .ok_or_else(|| Stop::Skip("the target's tokens are no JWTs, so there is nothing to tamper with".to_owned()))
}

/// `Authorization: Bearer` with a bent token, and how a command line makes it from `$TOKEN`.
pub(super) fn presented(token: &str, shell_text: &str) -> Provocation {
    Provocation::authorization(HeaderLine::secret(
        AUTHORIZATION,
        &format!("Bearer {token}"),
        format!("Bearer {shell_text}"),
    ))
}

/// Makes every claim that may carry roles say `Administrator`, and adds one when there is none.
fn raise_role(claims: &mut Value) {
    let Some(claims) = claims.as_object_mut() else { return };
    let mut raised = false;
    for (name, value) in claims.iter_mut() {
        if name.to_ascii_lowercase().contains("role") || name.to_ascii_lowercase().contains("permission") {
            *value = json!(["Administrator"]);
            raised = true;
        }
    }
    if !raised {
        claims.insert("role".to_owned(), "Administrator".into());
    }
}

/// Changes a character in the middle. The last one carries two spare bits that verifiers ignore, so that changing it may
/// change nothing.
fn with_changed_middle(signature: &str) -> String {
    let middle = signature.len() / 2;
    signature
        .char_indices()
        .map(|(at, c)| match (at == middle, c) {
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
    fn the_changed_character_is_never_the_last_one() {
        let signature = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let changed = with_changed_middle(signature);
        assert_ne!(changed, signature);
        assert_eq!(changed.len(), signature.len());
        assert_eq!(changed.chars().last(), signature.chars().last());
    }

    #[test]
    fn roles_are_raised_in_whatever_claim_carries_them() {
        let mut claims =
            json!({"unique_name": "anna", "http://schemas.microsoft.com/ws/2008/06/identity/claims/role": "x"});
        raise_role(&mut claims);
        assert_eq!(
            claims["http://schemas.microsoft.com/ws/2008/06/identity/claims/role"],
            json!(["Administrator"])
        );
        let mut bare = json!({"unique_name": "anna"});
        raise_role(&mut bare);
        assert_eq!(bare["role"], "Administrator");
    }
}
