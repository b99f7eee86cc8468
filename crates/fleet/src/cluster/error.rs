//! What a cluster answers instead of what was asked, in sentences.

use super::Cluster;
use super::connect::said;
use crate::seen::shown;
use std::path::PathBuf;
use std::time::Duration;

/// Why a cluster did not do what was asked of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClusterError {
    /// No configuration says where it is.
    #[error("there is no cluster to be found: {why}, and this runs in no pod of one; name one with its kubeconfig")]
    NoConfiguration {
        /// Where was looked, and what came of it.
        why: String,
    },
    /// The configuration cannot be used.
    #[error("the kubeconfig{} cannot be used: {why}", path.as_ref().map(|path| format!(" {}", path.display())).unwrap_or_default())]
    Configuration {
        /// The file, where one was named.
        path: Option<PathBuf>,
        /// What is wrong with it.
        why: String,
    },
    /// Its client certificate is of a kind that our TLS does not read.
    #[error(
        "the client certificate in the kubeconfig is of X.509 version 1, which cannot be used: have one of version 3 issued (with any extension, such as keyUsage), or use a token"
    )]
    OldCertificate,
    /// It lacks what a fleet needs.
    #[error(
        "the cluster runs Kubernetes {0}, and a fleet needs 1.29 or later, whose Jobs replace no index that failed"
    )]
    TooOld(String),
    /// It is not there, or not who it should be.
    #[error("the cluster at {url} cannot be reached: {why}")]
    Unreachable {
        /// Where it should be.
        url: String,
        /// What came instead.
        why: String,
    },
    /// It is there and says nothing.
    #[error("the cluster at {url} does not answer within {} s", within.as_secs())]
    NoAnswer {
        /// Where it is.
        url: String,
        /// How long was waited.
        within: Duration,
    },
    /// It does not know who asks.
    #[error("the cluster at {url} does not accept the credentials of the kubeconfig: {words}")]
    Unauthorized {
        /// Where it is.
        url: String,
        /// Its words.
        words: String,
    },
    /// Whoever asks may not.
    #[error("not permitted to {verb} {resource} in the namespace {namespace}: {words}")]
    NotPermitted {
        /// What was to be done.
        verb: &'static str,
        /// With what.
        resource: &'static str,
        /// Where.
        namespace: String,
        /// The server's words.
        words: String,
    },
    /// The namespace is not there.
    #[error("there is no namespace {0} in this cluster")]
    NoNamespace(String),
    /// What was asked for is not there.
    #[error("there is no {resource} {name} in the namespace {namespace}")]
    Missing {
        /// Of what kind.
        resource: &'static str,
        /// Its name.
        name: String,
        /// Where.
        namespace: String,
    },
    /// The name is taken.
    #[error("there is a {resource} {name} in the namespace {namespace} already")]
    Exists {
        /// Of what kind.
        resource: &'static str,
        /// Its name.
        name: String,
        /// Where.
        namespace: String,
    },
    /// It takes no object like this.
    #[error("the cluster refuses the {resource} {name}: {words}")]
    Refused {
        /// Of what kind.
        resource: &'static str,
        /// Its name.
        name: String,
        /// Its words.
        words: String,
    },
    /// There is no room for it.
    #[error("the cluster has no room for the {resource} {name}: {words}")]
    NoRoom {
        /// Of what kind.
        resource: &'static str,
        /// Its name.
        name: String,
        /// Its words.
        words: String,
    },
    /// It failed, or said something that is not understood.
    #[error("the cluster did not do it: {0}")]
    Unsaid(String),
}

/// What was asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call<'a> {
    verb: &'static str,
    resource: &'static str,
    name: &'a str,
}

impl Call<'static> {
    pub(super) fn new(verb: &'static str, resource: &'static str) -> Self {
        Self {
            verb,
            resource,
            name: "",
        }
    }

    pub(super) fn of(self, name: &str) -> Call<'_> {
        Call { name, ..self }
    }
}

impl ClusterError {
    pub(super) fn of(call: Call<'_>, error: kube::Error, cluster: &Cluster) -> Self {
        let status = match error {
            kube::Error::Api(status) => status,
            kube::Error::Service(_) | kube::Error::HyperError(_) => {
                return Self::Unreachable {
                    url: cluster.url.clone(),
                    why: said(&error).replace("ServiceError: ", ""),
                };
            }
            // A login command or a token file of the kubeconfig.
            kube::Error::Auth(_) => {
                return Self::Unauthorized {
                    url: cluster.url.clone(),
                    words: said(&error),
                };
            }
            other => return Self::Unsaid(said(&other)),
        };
        let (words, namespace) = (shown(&status.message), cluster.namespace.clone());
        let (resource, name) = (singular(call.resource), call.name.to_owned());
        match status.code {
            401 => Self::Unauthorized {
                url: cluster.url.clone(),
                words,
            },
            403 if words.contains("exceeded quota") || words.contains("must specify limits") => {
                Self::NoRoom { resource, name, words }
            }
            403 if words.contains(" cannot ") => Self::NotPermitted {
                verb: call.verb,
                resource: call.resource,
                namespace,
                words,
            },
            404 if words.starts_with("namespaces ") => Self::NoNamespace(namespace),
            404 => Self::Missing {
                resource,
                name,
                namespace,
            },
            409 if status.reason == "AlreadyExists" => Self::Exists {
                resource,
                name,
                namespace,
            },
            400 | 403 | 409 | 413 | 422 => Self::Refused { resource, name, words },
            _ => Self::Unsaid(if words.is_empty() {
                format!("status {}", status.code)
            } else {
                words
            }),
        }
    }

    /// Whether a container is not there yet, so that it has no log.
    pub(crate) fn is_too_early(&self) -> bool {
        matches!(self, Self::Refused { words, .. } if words.contains("waiting to start") || words.contains("is not available"))
    }

    /// Whether it may be otherwise in a while, though nothing is asked otherwise: the cluster is out of reach, or has no room now.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::NoRoom { .. } | Self::Missing { .. }) || self.is_silence()
    }

    /// Whether nothing that makes sense was answered, so that it is worth asking again.
    pub(crate) fn is_silence(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::NoAnswer { .. } | Self::Unsaid(_))
    }
}

/// What people call one of them.
fn singular(resource: &str) -> &'static str {
    match resource {
        "jobs" => "Job",
        "pods" => "pod",
        "pods/log" => "log of the pod",
        "configmaps" => "ConfigMap",
        "secrets" => "Secret",
        _ => "object",
    }
}
