//! `proofload init`: looks at a deployment and writes the configuration that names it.

use super::shared::arguments::TimeoutArg;
use super::shared::secrets::{Surroundings, ask};
use super::shared::target_options::{AllowArg, TrustArgs, WayArgs};
use super::{Console, Failure};
use crate::exit::Exit;
use clap::{Args, ValueEnum};
use proofload_deployment::client::{PreflightError, TransportError};
use proofload_deployment::{Allow, BaseUrl, DEFAULT_FILE, Refusal, Target, Trust, Way};
use proofload_survey::schemas::CONFIGURATION;
use proofload_survey::write::{self, Asked, Known, KnownError, Plan, WriteError};
use proofload_survey::{Site, look};
use secrecy::ExposeSecret as _;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  proofload init
  proofload init --url https://10.0.0.123:5009 --username svc-proof --accept-certificate
  proofload init --url https://customer.econnectcloud.com/identities --username full --username nobody --target cloud --secrets file";

/// Look at a deployment and write a proofload.toml that names it
///
/// Finds the path prefix, the certificate and what each account may do, by calls that change nothing. Asks for what is
/// not given, when there is a terminal. Nothing that is there already is overwritten without --force.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct InitArgs {
    // Not a doc comment: rustdoc wants angle brackets around bare links, and people at a terminal do not.
    #[arg(long, help = "Base URL, such as https://10.0.0.123:5009")]
    url: Option<String>,
    /// User name of an account; may be repeated. Its password comes from the environment variable that the configuration
    /// will name, such as `LAB_SVC_PROOF_PASSWORD`, from `PROOFLOAD_PASSWORD` where there is one account, or from a prompt
    #[arg(long, value_name = "NAME")]
    username: Vec<String>,
    /// File that holds the password, where there is one account
    #[arg(long, value_name = "FILE", requires = "username")]
    password_file: Option<PathBuf>,
    #[command(flatten)]
    trust: TrustArgs,
    #[command(flatten)]
    way: WayArgs,
    /// Trust the key of the certificate that the server shows now, and no other from then on
    #[arg(long, group = "trust")]
    accept_certificate: bool,
    /// What may be done to the target besides reading, for deployments you own
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    allow: Vec<AllowArg>,
    /// What to call the target [default: made from the host's name]
    #[arg(long, value_name = "NAME")]
    target: Option<String>,
    /// File to write
    #[arg(long, value_name = "FILE", default_value = DEFAULT_FILE)]
    config: PathBuf,
    /// Where passwords are to be: named environment variables, or files that git ignores
    #[arg(long, value_enum, default_value = "env")]
    secrets: Secrets,
    /// Overwrite what is there already
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    timeout: TimeoutArg,
}

/// Where passwords are to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Secrets {
    /// In environment variables
    Env,
    /// In files beside the configuration, which `.gitignore` lists
    File,
}

/// Runs the command.
///
/// # Errors
/// The target cannot be reached, trusted or logged in to, or a file is there already.
pub(super) async fn run(args: InitArgs, console: &Console) -> Result<Exit, Failure> {
    let folder = args.config.parent().unwrap_or(Path::new("")).to_owned();
    let schema = folder.join(CONFIGURATION.file);
    if !args.force {
        write::check([args.config.as_path()])?;
    }
    let url = match &args.url {
        Some(url) => url.clone(),
        None => ask("base URL, such as https://10.0.0.123:5009", "--url")?,
    };
    let base = BaseUrl::parse(&url).map_err(Failure::usage)?;
    let usernames = match args.username.as_slice() {
        [] => vec![ask(
            "user name of an account, preferably one that holds every permission",
            "--username",
        )?],
        given => given.to_vec(),
    };
    let mut target = Target {
        name: args.target.clone().unwrap_or_else(|| write::target_name(&base)),
        base,
        trust: args.trust.trust().unwrap_or_default(),
        way: Way::default(),
        accounts: Vec::new(),
        allow: Allow {
            reads: true,
            writes: args.allow.contains(&AllowArg::Writes),
            load: args.allow.contains(&AllowArg::Load),
        },
        signing_key: None,
        embedded: false,
    };
    let (proxy, unused) = args.way.put_into(&mut target)?;
    for line in unused.iter().map(|line| format!("warning: {line}")).chain(proxy) {
        console.note(&line);
    }
    let site = args.look(&mut target, console).await?;
    let known = args.known(&target.name, &usernames)?;
    if !args.force {
        let files: Vec<PathBuf> = known.iter().filter_map(|known| known.file(&folder)).collect();
        write::check(files.iter().map(PathBuf::as_path))?;
    }
    let accounts = write::entries(&site, &known).await.map_err(Failure::could_not_test)?;
    let plan = Plan {
        name: target.name.clone(),
        base: site.base.clone(),
        reach: args.way.reach(&target).located(&folder),
        trust: write::located(target.trust, &folder),
        certificate: site.certificate.clone(),
        allow: target.allow,
        accounts,
    };
    for known in &known {
        if let Some(file) = known.file(&folder) {
            write::ignore(&folder, "*.secret")?;
            write::write(&file, known.account.password.expose_secret(), true, args.force)?;
        }
    }
    let today = chrono::Utc::now().date_naive();
    write::write(&args.config, &write::configuration(&plan, today), false, args.force)?;
    // It is ours and says the same every time.
    write::write(&schema, CONFIGURATION.text, false, true)?;
    console.result(&write::told(&plan, site.schema, &args.config))?;
    Ok(Exit::Passed)
}

impl InitArgs {
    /// Looks at the target. A certificate that is not trusted is trusted by its key, where the person says so.
    async fn look(&self, target: &mut Target, console: &Console) -> Result<Site, Failure> {
        let timeout = self.timeout.timeout;
        let error = match look(target, timeout).await {
            Ok(site) => return Ok(site),
            Err(error) => error,
        };
        let PreflightError::Transport(TransportError::Untrusted { refused, .. }) = &error else {
            return Err(error.into());
        };
        let Some(pin) = refused
            .pin
            .filter(|_| target.trust == Trust::System && !matches!(refused.reason, Refusal::ShortKey { .. }))
        else {
            return Err(error.into());
        };
        if !self.accept_certificate {
            console.note(&format!(
                "the certificate of {} is not trusted: {}",
                target.base, refused.reason
            ));
            let question = format!("fingerprint {}; trust its key from now on? [y/N]", refused.fingerprint);
            match ask(&question, "--accept-certificate") {
                Ok(answer) if answer.eq_ignore_ascii_case("y") || answer.eq_ignore_ascii_case("yes") => {}
                _ => return Err(error.into()),
            }
        }
        target.trust = Trust::Pin(pin);
        Ok(look(target, timeout).await?)
    }

    /// The accounts with their passwords; all that are missing are named at once.
    fn known(&self, target: &str, usernames: &[String]) -> Result<Vec<Known>, Failure> {
        let known = write::known(
            &Asked {
                target,
                usernames,
                password_file: self.password_file.as_deref(),
                in_files: self.secrets == Secrets::File,
            },
            &Surroundings,
        );
        known.map_err(|error| match error {
            KnownError::OneFileForMany => Failure::usage("--password-file is for one account; name one --username"),
            KnownError::Missing(variables) => Failure::usage(format!(
                "there is no terminal to ask for passwords at: set {}",
                variables.join(", ")
            )),
            KnownError::Unreadable(why) => Failure::usage(why),
        })
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::There(_) => Self::usage(format!(
                "{error}; name another file with --config, or overwrite it with --force"
            )),
            WriteError::Io { .. } => Self::usage(error),
        }
    }
}
