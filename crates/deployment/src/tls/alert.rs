//! TLS failures in words: what a server means by an alert, which certificate was refused, what is no TLS.

use super::CertificateRefused;
use rustls::{AlertDescription, CertificateError, Error, InvalidMessage};

/// A TLS failure in words: an alert with what it means and what to try, a certificate that was refused with why, anything else as
/// the library says it.
pub fn tls_in_words(error: &Error) -> String {
    match error {
        Error::AlertReceived(alert) => in_words(*alert),
        Error::InvalidCertificate(CertificateError::Other(other)) => other
            .0
            .downcast_ref::<CertificateRefused>()
            .map_or_else(|| "the server's certificate was refused".to_owned(), shown),
        Error::InvalidCertificate(CertificateError::BadSignature) => {
            "whoever shows the certificate did not sign with its key".to_owned()
        }
        Error::InvalidMessage(InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion) => {
            "what answers there does not speak TLS".to_owned()
        }
        other => other.to_string(),
    }
}

/// A refused certificate, by its key, and why. Where texts are cut, the reason is.
fn shown(refused: &CertificateRefused) -> String {
    let key = refused
        .pin
        .map_or_else(|| "unreadable".to_owned(), |pin| pin.to_string());
    format!(
        "the server's certificate (public key {key}) was refused: {}",
        refused.reason
    )
}

fn in_words(alert: AlertDescription) -> String {
    use AlertDescription as Alert;
    let text = match alert {
        Alert::CertificateRequired | Alert::NoCertificate => {
            "the server wants a client certificate and was shown none: it has to be given one that it trusts"
        }
        Alert::BadCertificate
        | Alert::UnsupportedCertificate
        | Alert::CertificateRevoked
        | Alert::CertificateExpired
        | Alert::CertificateUnknown
        | Alert::UnknownCA
        | Alert::AccessDenied => {
            return format!(
                "the server refused the client certificate, or wants one and was shown none (alert {alert:?}): is it trusted there, in date, and the right one?"
            );
        }
        Alert::HandshakeFailure | Alert::InsufficientSecurity => {
            "the server and this program have no cipher suite or key exchange in common, or it wants a client certificate: let it offer TLS 1.3, or TLS 1.2 with ECDHE and AES-GCM"
        }
        Alert::ProtocolVersion => {
            "the server speaks neither TLS 1.2 nor TLS 1.3, which are all that this program speaks: switch one of them on there"
        }
        Alert::UnrecognisedName => "the server knows no host of this name: call it by the name that it is set up for",
        Alert::NoApplicationProtocol => {
            "the server wants another protocol than it was offered (ALPN): does this port serve HTTP?"
        }
        Alert::InternalError => "the server has trouble of its own (alert InternalError): its log says more",
        _ => return format!("the server broke it off (alert {alert:?}): its log says why"),
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_says_what_to_try() {
        for (alert, part) in [
            (AlertDescription::CertificateRequired, "wants a client certificate"),
            (AlertDescription::UnknownCA, "alert UnknownCA"),
            (AlertDescription::HandshakeFailure, "in common"),
            (AlertDescription::ProtocolVersion, "neither TLS 1.2 nor TLS 1.3"),
            (AlertDescription::UnrecognisedName, "no host of this name"),
            (AlertDescription::NoApplicationProtocol, "serve HTTP"),
            (AlertDescription::DecryptError, "alert DecryptError"),
        ] {
            let told = tls_in_words(&Error::AlertReceived(alert));
            assert!(told.contains(part), "{told}");
        }
        let no_tls = tls_in_words(&Error::InvalidMessage(InvalidMessage::InvalidContentType));
        assert_eq!(no_tls, "what answers there does not speak TLS");
        assert_eq!(tls_in_words(&Error::DecryptError), Error::DecryptError.to_string());
    }
}
