//! The options that name a target, shared by every command that works on one.

mod way;

pub(in crate::cli) use way::WayArgs;

use super::embedded::Embedded;
use super::secrets::Surroundings;
use crate::cli::{Console, Failure};
use clap::{Args, ValueEnum};
use proofload_contract::Contract;
use proofload_deployment::{
    Account, BaseUrl, Config, DEFAULT_FILE, Exporter, Permissions, Pin, SecretReader, Target, Trust, Way,
    is_readable_by_all, nearest,
};
use secrecy::SecretString;
use std::path::{Path, PathBuf};

/// Which deployment to work on. Without any of these: the embedded mock.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Target (without any of these: the embedded mock)")]
pub struct TargetOptions {
    /// Configuration file with targets [default: proofload.toml, when --target is given]
    #[arg(long, value_name = "FILE", conflicts_with = "url")]
    config: Option<PathBuf>,
    /// Target of that name in the configuration file
    #[arg(long, value_name = "NAME", conflicts_with = "url")]
    target: Option<String>,
    // Not a doc comment: rustdoc wants angle brackets around bare links, and people at a terminal do not.
    #[arg(
        long,
        help = "Base URL, such as https://10.0.0.123:5009 or https://customer.econnectcloud.com/identities"
    )]
    url: Option<String>,
    /// User name of an account, preferably one that holds every permission; its password comes from the environment variable
    /// `PROOFLOAD_PASSWORD`, from --password-file or from a prompt
    #[arg(long, value_name = "NAME", conflicts_with = "config")]
    username: Option<String>,
    /// File that holds the password
    #[arg(long, value_name = "FILE", requires = "username")]
    password_file: Option<PathBuf>,
    /// Permissions that the account of --username holds, as the role editor shows them: `all`, `none`, or names such as
    /// 'Face Publishing' separated by commas; without this option, whatever it is let in with
    #[arg(long, value_name = "NAMES", requires = "username", value_delimiter = ',')]
    permissions: Vec<String>,
    #[command(flatten)]
    trust: TrustArgs,
    #[command(flatten)]
    way: WayArgs,
    /// What may be done to the target besides reading, for deployments you own
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    allow: Vec<AllowArg>,
    /// File that holds the key the target signs its tokens with, for lab deployments
    #[arg(long, value_name = "FILE")]
    signing_key_file: Option<PathBuf>,
}

/// How the target's certificate is trusted.
#[derive(Debug, Clone, Default, Args)]
pub(in crate::cli) struct TrustArgs {
    /// Trust the certificates in this PEM file: authorities, or the server's own
    #[arg(long, value_name = "FILE", group = "trust")]
    ca: Option<PathBuf>,
    /// Trust the server whose public key has this SHA-256, written as sha256//BASE64
    #[arg(long, value_name = "PIN", group = "trust")]
    pin: Option<Pin>,
    /// Trust any certificate
    #[arg(long, group = "trust")]
    insecure: bool,
}

impl TrustArgs {
    /// What was chosen, if anything was.
    pub(in crate::cli) fn trust(&self) -> Option<Trust> {
        match (&self.ca, self.pin, self.insecure) {
            (_, _, true) => Some(Trust::Insecure),
            (_, Some(pin), _) => Some(Trust::Pin(pin)),
            (Some(path), ..) => Some(Trust::Ca(path.clone())),
            (None, None, false) => None,
        }
    }
}

/// What may be done to a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum AllowArg {
    /// Calls that change nothing (always allowed)
    Reads,
    /// Calls that store things, each removed again
    Writes,
    /// Load
    Load,
}

/// The target that the options name. An embedded mock lives as long as this.
#[derive(Debug)]
pub struct Chosen {
    /// The target.
    pub target: Target,
    /// What the person should know before anything is sent.
    pub warnings: Vec<String>,
    /// Where its configuration says that its machines tell their figures.
    pub exporters: Vec<Exporter>,
    /// What its calls go through, and who said so, in one sentence.
    proxy: Option<String>,
    _embedded: Option<Embedded>,
}

/// The environment variable that holds the password of `--username`.
const PASSWORD_VARIABLE: &str = "PROOFLOAD_PASSWORD";

impl TargetOptions {
    /// Finds the target, fetching its secrets; starts the embedded mock when no target is named.
    ///
    /// # Errors
    /// A usage or configuration error; or the embedded mock cannot be started.
    pub async fn choose(&self) -> Result<Chosen, Failure> {
        self.choose_with(&Surroundings).await
    }

    /// The same, with secrets from somewhere else.
    ///
    /// # Errors
    /// As there.
    pub(in crate::cli) async fn choose_with(&self, reader: &dyn SecretReader) -> Result<Chosen, Failure> {
        let (mut embedded, mut secrets, mut exporters) = (None, Vec::new(), Vec::new());
        let mut target = match (&self.url, &self.target, &self.config) {
            (Some(url), _, _) => self.target_at(url, reader)?,
            (None, None, None) => {
                self.refuse_leftovers()?;
                let started = Embedded::start().await?;
                let target = started.target();
                embedded = Some(started);
                target
            }
            (None, name, path) => {
                if self.username.is_some() {
                    return Err(Failure::usage(
                        "--username goes with --url: a target of the configuration file has its accounts there",
                    ));
                }
                let path = path.as_deref().unwrap_or(Path::new(DEFAULT_FILE));
                let (target, files, watched) = from_config(path, name.as_deref(), reader)?;
                (secrets, exporters) = (files, watched);
                target
            }
        };
        self.amend(&mut target, reader)?;
        let (proxy, unused) = self.way.put_into(&mut target)?;
        let idle = target
            .trust
            .without_effect(&target.way, &target.base)
            .map_err(Failure::usage)?;
        secrets.extend(self.password_file.clone());
        secrets.extend(self.signing_key_file.clone());
        secrets.extend(self.way.key.clone().or(self.way.cert.clone()));
        Ok(Chosen {
            warnings: warnings(&target, &secrets)
                .into_iter()
                .chain(unused)
                .chain(idle)
                .collect(),
            exporters,
            proxy,
            target,
            _embedded: embedded,
        })
    }

    /// The same options for the deployment at a URL.
    pub(in crate::cli) fn at_url(&self, url: &str) -> Self {
        Self {
            url: Some(url.to_owned()),
            target: None,
            config: None,
            ..self.clone()
        }
    }

    /// Other places to connect to, as they were typed.
    pub(in crate::cli) fn detours(&self) -> impl Iterator<Item = String> + '_ {
        self.way.written_detours('=')
    }

    /// Whether it is the embedded mock that is meant: nothing names a target.
    pub(in crate::cli) fn names_none(&self) -> bool {
        self.url.is_none() && self.target.is_none() && self.config.is_none()
    }

    /// The configuration file that is taken, or would be.
    pub(in crate::cli) fn file(&self) -> String {
        let path = self.config.as_deref().unwrap_or(Path::new(DEFAULT_FILE));
        path.to_string_lossy().into_owned()
    }

    /// The same options, or the configuration file that lies here where none names a target.
    pub(in crate::cli) fn or_configured(&self) -> Self {
        let config = (self.names_none() && Path::new(DEFAULT_FILE).exists()).then(|| DEFAULT_FILE.into());
        Self {
            config: config.or_else(|| self.config.clone()),
            ..self.clone()
        }
    }

    /// The same options for a target of the configuration file.
    pub(in crate::cli) fn named(&self, name: &str) -> Self {
        Self {
            url: None,
            target: Some(name.to_owned()),
            ..self.clone()
        }
    }

    fn target_at(&self, url: &str, secrets: &dyn SecretReader) -> Result<Target, Failure> {
        let base = BaseUrl::parse(url).map_err(Failure::usage)?;
        let mut accounts = Vec::new();
        if let Some(username) = &self.username {
            accounts.push(Account {
                name: account_name(username),
                username: username.clone(),
                password: self.password(username, &base, secrets)?,
                permissions: stated(&self.permissions)?,
            });
        }
        Ok(Target {
            name: base.url().host_str().unwrap_or_default().to_owned(),
            base,
            trust: Trust::System,
            way: Way::default(),
            accounts,
            allow: std::iter::empty().collect(),
            signing_key: None,
            embedded: false,
        })
    }

    fn password(&self, username: &str, base: &BaseUrl, secrets: &dyn SecretReader) -> Result<SecretString, Failure> {
        if let Some(path) = &self.password_file {
            return secrets.password_file(path).map_err(Failure::usage);
        }
        if let Some(password) = secrets.env(PASSWORD_VARIABLE).map_err(Failure::usage)? {
            return Ok(password);
        }
        let prompt = format!("the password of {username} at {base}");
        secrets.prompt(&prompt).map_err(|why| {
            Failure::usage(format!(
                "there is no password for {username}: set {PASSWORD_VARIABLE} or name a file with --password-file ({why})"
            ))
        })
    }

    /// What the command line says on top of where the target comes from.
    fn amend(&self, target: &mut Target, reader: &dyn SecretReader) -> Result<(), Failure> {
        if let Some(trust) = self.trust.trust() {
            target.trust = trust;
        }
        target.allow.writes |= self.allow.contains(&AllowArg::Writes);
        target.allow.load |= self.allow.contains(&AllowArg::Load);
        if let Some(path) = &self.signing_key_file {
            target.signing_key = Some(reader.key_file(path).map_err(Failure::usage)?);
        }
        Ok(())
    }

    /// Options that mean nothing to the embedded mock were meant for a target that was forgotten.
    fn refuse_leftovers(&self) -> Result<(), Failure> {
        let leftovers = [
            ("--username", self.username.is_some()),
            ("--ca", self.trust.ca.is_some()),
            ("--pin", self.trust.pin.is_some()),
            ("--insecure", self.trust.insecure),
            ("--proxy", self.way.proxy.is_some()),
            ("--resolve", !self.way.resolve.is_empty()),
            ("--connect-to", !self.way.connect_to.is_empty()),
            ("--cert", self.way.cert.is_some()),
            ("--signing-key-file", self.signing_key_file.is_some()),
        ];
        match leftovers.iter().find(|(_, given)| *given) {
            Some((option, _)) => Err(Failure::usage(format!(
                "{option} needs a target: name one with --target NAME (from {DEFAULT_FILE}) or --url URL"
            ))),
            None => Ok(()),
        }
    }
}

/// A target, the files that hold its secrets, and where its machines tell their figures.
type Configured = (Target, Vec<PathBuf>, Vec<Exporter>);

/// The target of that name.
fn from_config(path: &Path, name: Option<&str>, secrets: &dyn SecretReader) -> Result<Configured, Failure> {
    let config = Config::load(path, Contract::bundled())?;
    let names: Vec<&str> = config.names().collect();
    let name = match (name, names.as_slice()) {
        (Some(name), _) => name,
        (None, [only]) => only,
        (None, []) => {
            return Err(Failure::usage(format!("{} has no targets", path.display())));
        }
        (None, several) => {
            return Err(Failure::usage(format!(
                "{} has several targets: choose one of {} with --target",
                path.display(),
                several.join(", ")
            )));
        }
    };
    let exporters = config.exporters(name, secrets)?;
    Ok((config.target(name, secrets)?, config.secret_files(name), exporters))
}

/// What an account was said to hold.
fn stated(names: &[String]) -> Result<Permissions, Failure> {
    let names: Vec<&str> = names.iter().map(|name| name.trim()).collect();
    match names.as_slice() {
        [] => return Ok(Permissions::Untold),
        ["all"] => return Ok(Permissions::All),
        ["none"] => return Ok(Permissions::Only(Vec::new())),
        _ => {}
    }
    let known = Contract::bundled().permissions();
    if let Some(unknown) = names.iter().find(|name| !known.contains(name)) {
        let advice = nearest::advice(unknown, known.iter().copied());
        return Err(Failure::usage(format!(
            "there is no permission {unknown:?}{advice}; --permissions takes all, none, or names as the role editor shows them"
        )));
    }
    Ok(Permissions::Only(names.into_iter().map(str::to_owned).collect()))
}

/// The account's name in case ids: its user name when that is plain enough.
fn account_name(username: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !username.is_empty() && username.len() <= 64 && username.chars().all(plain) {
        username.to_owned()
    } else {
        "main".to_owned()
    }
}

fn warnings(target: &Target, secrets: &[PathBuf]) -> Vec<String> {
    let open = secrets.iter().filter(|path| is_readable_by_all(path));
    let open = open.map(|path| format!("everybody on this machine can read the secret in {}", path.display()));
    let mut warnings: Vec<String> = open.collect();
    if target.trust == Trust::Insecure && target.base.is_tls() {
        warnings.push(format!(
            "any certificate of {} is trusted: whoever stands in between can read the passwords and tokens sent there",
            target.base
        ));
    }
    if !target.base.is_tls() && !target.base.is_loopback() && !target.accounts.is_empty() {
        warnings.push(format!(
            "{} is plain HTTP: passwords and tokens can be read on the way",
            target.base
        ));
    }
    warnings
}

impl Chosen {
    /// Tells the person what there is to know, on stderr.
    pub fn announce(&self, console: &Console) {
        for warning in &self.warnings {
            console.note(&format!("warning: {warning}"));
        }
        if let Some(proxy) = &self.proxy {
            console.note(proxy);
        }
    }
}
