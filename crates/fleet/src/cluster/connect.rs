//! The way to a cluster: a kubeconfig as kubectl takes it, or the account of the pod that this runs in.

use super::Cluster;
use super::error::ClusterError;
use crate::seen::shown;
use kube::config::{KubeConfigOptions, Kubeconfig, KubeconfigError};
use kube::{Client, Config};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The oldest minor version of Kubernetes 1 that keeps what a fleet asks: a Job that replaces no index.
const OLDEST: u32 = 29;
/// A connection that is not there sooner will not be.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);

/// Which cluster, and where in it.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// The kubeconfig; none to look where kubectl does.
    pub kubeconfig: Option<PathBuf>,
    /// The context in it; none for the current one.
    pub context: Option<String>,
    /// The namespace; none for the context's own.
    pub namespace: Option<String>,
}

impl Access {
    /// Reads the configuration and makes a client. Nothing is sent.
    ///
    /// # Errors
    /// It is none, or has in it what cannot be used.
    pub async fn open(&self) -> Result<Cluster, ClusterError> {
        let options = KubeConfigOptions {
            context: self.context.clone(),
            ..KubeConfigOptions::default()
        };
        let mut config = match &self.kubeconfig {
            Some(path) => {
                let read = Kubeconfig::read_from(path).map_err(|error| wrong(Some(path), &error))?;
                let config = Config::from_custom_kubeconfig(read, &options).await;
                config.map_err(|error| wrong(Some(path), &error))?
            }
            None if self.context.is_some() => {
                let config = Config::from_kubeconfig(&options).await;
                config.map_err(|error| wrong(None, &error))?
            }
            None => match Config::from_kubeconfig(&options).await {
                Ok(config) => config,
                Err(error) => Config::incluster().map_err(|_| nowhere(&error))?,
            },
        };
        config.connect_timeout = Some(CONNECT_WITHIN);
        let url = config.cluster_url.to_string();
        let namespace = self
            .namespace
            .clone()
            .unwrap_or_else(|| config.default_namespace.clone());
        let client = Client::try_from(config).map_err(|error| match error {
            error if format!("{error:?}").contains("UnsupportedCertVersion") => ClusterError::OldCertificate,
            error => ClusterError::Configuration {
                path: self.kubeconfig.clone(),
                why: said(&error),
            },
        })?;
        Ok(Cluster {
            client,
            namespace,
            url: shown(url.trim_end_matches('/')),
        })
    }
}

/// Why no cluster is known, where this is no pod of one either.
fn nowhere(error: &KubeconfigError) -> ClusterError {
    match error {
        KubeconfigError::FindPath => ClusterError::NoConfiguration {
            why: "there is no kubeconfig".to_owned(),
        },
        KubeconfigError::ReadConfig(error, path) => ClusterError::NoConfiguration {
            why: format!(
                "the kubeconfig {} cannot be read: {error}",
                shown(&path.display().to_string())
            ),
        },
        other => wrong(None, other),
    }
}

fn wrong(path: Option<&Path>, error: &KubeconfigError) -> ClusterError {
    ClusterError::Configuration {
        path: path.map(Path::to_owned),
        why: match error {
            // It names the file as Rust writes it.
            KubeconfigError::ReadConfig(error, _) => error.to_string(),
            // The reader quotes the file, and keys may stand there.
            KubeconfigError::Parse(_) => "it is not a kubeconfig in YAML".to_owned(),
            other => said(other),
        },
    }
}

/// What an error and its causes say, each once.
pub(super) fn said(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let words = next.to_string();
        if !told.contains(&words) {
            told = format!("{told}: {words}");
        }
        cause = next.source();
    }
    shown(&told)
}

/// Refuses a server that would not keep what a fleet asks.
pub(super) fn check_version(major: &str, minor: &str) -> Result<(), ClusterError> {
    let number = |text: &str| {
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u32>().ok()
    };
    match (number(major), number(minor)) {
        (Some(1), Some(minor)) if minor < OLDEST => Err(ClusterError::TooOld(format!("1.{minor}"))),
        (Some(0), _) => Err(ClusterError::TooOld(shown(&format!("{major}.{minor}")))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_clouds_write_them() {
        for (major, minor) in [("1", "29"), ("1", "36"), ("1", "30+"), ("2", "0"), ("", "")] {
            check_version(major, minor).unwrap();
        }
        let told = check_version("1", "28+").unwrap_err().to_string();
        assert!(told.contains("1.28") && told.contains("1.29"), "{told}");
    }

    async fn told(text: &str, context: Option<&str>) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        std::fs::write(&path, text).unwrap();
        let access = Access {
            kubeconfig: Some(path),
            context: context.map(str::to_owned),
            namespace: None,
        };
        let opened = access.open().await;
        opened.map_or_else(|error| error.to_string(), |cluster| format!("{cluster:?}"))
    }

    const CONFIG: &str = "apiVersion: v1\nkind: Config\ncurrent-context: one\n\
        contexts: [{name: one, context: {cluster: c, user: u, namespace: loadtest}}]\n\
        clusters: [{name: c, cluster: {server: 'http://127.0.0.1:1'}}]\nusers: [{name: u, user: {token: hush}}]\n";

    #[test]
    fn where_no_cluster_is_known_the_file_is_named_and_never_quoted() {
        let broken = Kubeconfig::from_yaml("client-key-data: [hush").unwrap_err();
        let told = nowhere(&broken).to_string();
        assert!(
            told.contains("not a kubeconfig in YAML") && !told.contains("hush"),
            "{told}"
        );
        let missing = KubeconfigError::ReadConfig(std::io::ErrorKind::NotFound.into(), "/nowhere/config".into());
        let told = nowhere(&missing).to_string();
        assert!(told.contains("/nowhere/config") && told.contains("in no pod"), "{told}");
    }

    #[tokio::test]
    async fn a_kubeconfig_is_read_as_kubectl_reads_it() {
        assert_eq!(told(CONFIG, None).await, "Cluster(loadtest in http://127.0.0.1:1)");
        for (text, context, what) in [
            ("hush: [", None, "it is not a kubeconfig in YAML"),
            ("no kubeconfig at all, hush", None, "it is not a kubeconfig"),
            (CONFIG, Some("two"), "two"),
            ("apiVersion: v1\nkind: Config\n", None, "context"),
        ] {
            let told = told(text, context).await;
            assert!(told.contains(what) && !told.contains("hush"), "{told}");
        }
        let nowhere = Access {
            kubeconfig: Some("nowhere/config".into()),
            ..Access::default()
        };
        let told = nowhere.open().await.unwrap_err().to_string();
        assert!(
            told.contains("nowhere") && told.contains("No such file") || cfg!(windows),
            "{told}"
        );
    }

    /// Made with `openssl x509 -req` without extensions, which makes version 1, for a key that guards nothing.
    #[tokio::test]
    async fn a_certificate_of_version_1_has_its_sentence() {
        let text = CONFIG.replace("http://", "https://").replace(
            "{token: hush}",
            &format!("{{client-certificate-data: {CERTIFICATE}, client-key-data: {KEY}}}"),
        );
        let told = told(&text, None).await;
        assert!(told.contains("version 1") && told.contains("version 3"), "{told}");
    }

    const CERTIFICATE: &str = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJIekNCeFFJVU8vQWRNVHJhc1NrR2F3NFdodlNCR09JWXNuSXdDZ1lJS29aSXpqMEVBd0\
         l3RVRFUE1BMEcKQTFVRUF3d0dibTlpYjJSNU1DQVhEVEkyTVRFeU9URXdOVGcwTTFvWUR6SXhNall4TVRBMU1UQTFPRFF6V2pBUgpNUTh3RFFZ\
         RFZRUUREQVp1YjJKdlpIa3dXVEFUQmdjcWhrak9QUUlCQmdncWhrak9QUU1CQndOQ0FBU2s5czRzCk52V25kYXJ1dGcwR1RzdDdJVUwzQXBFV3\
         l1NG4rKy9SQXNQeXB6ZUt1dEM0WUwyKzN1SGVzM1V2ODkyN0FxMW4KME5Cekp2czgzYWQxSTQ2bk1Bb0dDQ3FHU000OUJBTUNBMGtBTUVZQ0lR\
         RFNRTUlKS2pQaHQ2Y3V5eWR2cmkvTwpjcnhOQkN3aW9BUFlYRFN4SDJtSVNRSWhBTCtycGFVRDhyUkswZ2ZrYm5NSXdleHZERFNKS1FhYndOMm\
         5GWG1qCkhUaE0KLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=";
    const KEY: &str = "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JR0hBZ0VBTUJNR0J5cUdTTTQ5QWdFR0NDcUdTTTQ5QXdFSEJHMHdhd0lCQVFRZ1JTTS96K1\
         JROEVmU1VKOXEKTTNWd1dHRlhtblFVb3Q5OS9XZk9pTzhYSkRHaFJBTkNBQVNrOXM0c052V25kYXJ1dGcwR1RzdDdJVUwzQXBFVwp5dTRuKysv\
         UkFzUHlwemVLdXRDNFlMMiszdUhlczNVdjg5MjdBcTFuME5Cekp2czgzYWQxSTQ2bgotLS0tLUVORCBQUklWQVRFIEtFWS0tLS0tCg==";
}
