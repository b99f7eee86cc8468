//! `proofload init`: looks at a deployment and writes the configuration that names it.

use super::shared::arguments::TimeoutArg;
use super::shared::secrets::{Surroundings, ask};
use super::shared::target_options::{AllowArg, TrustArgs};
use super::{Console, Failure};
use crate::exit::Exit;
use clap::{Args, ValueEnum};
use proofload_contract::Contract;
use proofload_deployment::client::login::authenticate;
use proofload_deployment::client::{PreflightError, TransportError};
use proofload_deployment::{
    Account, Allow, BaseUrl, DEFAULT_FILE, Permissions, SecretReader as _, Target, Trust, Way, read_password,
};
use proofload_survey::schemas::CONFIGURATION;
use proofload_survey::write::{self, Entry, Place, Plan, WriteError};
use proofload_survey::{Schema, Site, holdings, look};
use secrecy::{ExposeSecret as _, SecretString};
use std::fmt::Write as _;
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

/// An account, its password, and where that is to be.
struct Known {
    account: Account,
    place: Place,
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
    let site = args.look(&mut target, console).await?;
    let known = args.known(&target.name, &usernames)?;
    if !args.force {
        let files: Vec<PathBuf> = known.iter().filter_map(|known| known.file(&folder)).collect();
        write::check(files.iter().map(PathBuf::as_path))?;
    }
    let accounts = logged_in(&site, &known).await?;
    let plan = Plan {
        name: target.name.clone(),
        base: site.base.clone(),
        trust: located(target.trust, &folder),
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
    console.result(&told(&args, &plan, &site))?;
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
        let Some(pin) = refused.pin.filter(|_| target.trust == Trust::System) else {
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
        let (mut known, mut missing) = (Vec::new(), Vec::new());
        for (number, username) in usernames.iter().enumerate() {
            let name = write::account_name(username, number + 1);
            let mut variable = write::variable(target, &name);
            let only = usernames.len() == 1;
            let Some(password) = self.password(username, &mut variable, only)? else {
                missing.push(variable);
                continue;
            };
            let place = match self.secrets {
                Secrets::Env => Place::Env(variable),
                Secrets::File => Place::File(format!("{target}-{name}.secret").into()),
            };
            let account = Account {
                name,
                username: username.clone(),
                password,
                permissions: Permissions::Untold,
            };
            known.push(Known { account, place });
        }
        match missing.as_slice() {
            [] => Ok(known),
            names => Err(Failure::usage(format!(
                "there is no terminal to ask for passwords at: set {}",
                names.join(", ")
            ))),
        }
    }

    /// None where it is nowhere, and there is nobody to ask.
    fn password(&self, username: &str, variable: &mut String, only: bool) -> Result<Option<SecretString>, Failure> {
        if let Some(path) = &self.password_file {
            if !only {
                return Err(Failure::usage(
                    "--password-file is for one account; name one --username",
                ));
            }
            return read_password(path).map(Some).map_err(Failure::usage);
        }
        if let Some(password) = Surroundings.env(variable).map_err(Failure::usage)? {
            return Ok(Some(password));
        }
        if only && let Some(password) = Surroundings.env("PROOFLOAD_PASSWORD").map_err(Failure::usage)? {
            "PROOFLOAD_PASSWORD".clone_into(variable);
            return Ok(Some(password));
        }
        Ok(Surroundings.prompt(&format!("the password of {username}")).ok())
    }
}

impl Known {
    /// The file that is to hold the password, if one is.
    fn file(&self, folder: &Path) -> Option<PathBuf> {
        match &self.place {
            Place::Env(_) => None,
            Place::File(path) => Some(folder.join(path)),
        }
    }
}

/// Logs everybody in, and finds out what each may do.
async fn logged_in(site: &Site, known: &[Known]) -> Result<Vec<Entry>, Failure> {
    let mut entries = Vec::new();
    for Known { account, place } in known {
        let issued = authenticate(&site.http, account).await;
        let issued = issued.map_err(Failure::could_not_test)?;
        entries.push(Entry {
            name: account.name.clone(),
            username: account.username.clone(),
            password: place.clone(),
            holdings: holdings(&site.http, &issued.token, Contract::bundled()).await,
        });
    }
    Ok(entries)
}

/// A path that was given from here, as it is found from the configuration's folder.
fn located(trust: Trust, folder: &Path) -> Trust {
    match trust {
        Trust::Ca(path) if !folder.as_os_str().is_empty() => Trust::Ca(std::path::absolute(&path).unwrap_or(path)),
        other => other,
    }
}

/// What was found and written, and what to do next.
fn told(args: &InitArgs, plan: &Plan, site: &Site) -> String {
    let mut text = format!("{} is {}\n", plan.name, plan.base);
    if let Some(certificate) = &plan.certificate {
        let until = certificate.not_after.format("%Y-%m-%d");
        let _ = writeln!(text, "  certificate  valid until {until}, key {}", certificate.pin);
    }
    if let Schema::On { paths } = site.schema {
        let _ = writeln!(text, "  schema       {paths} paths at swagger/v1/swagger.json");
    }
    let mut variables = Vec::new();
    for account in &plan.accounts {
        let held = match (account.holdings.holds.as_slice(), account.holdings.lacks.len()) {
            ([], _) => "no permission".to_owned(),
            (_, 0) => "every permission".to_owned(),
            (held, _) => held.join(", "),
        };
        let _ = writeln!(text, "  account      {}: {held}", account.username);
        if let Place::Env(name) = &account.password {
            variables.push((name, &account.username));
        }
    }
    let _ = writeln!(text, "\nwritten: {}", args.config.display());
    if !variables.is_empty() {
        text.push_str("\nIt takes passwords from the environment. In bash:\n");
        for (name, _) in &variables {
            let _ = writeln!(text, "  read -rsp '{name}: ' {name} && export {name}");
        }
        text.push_str("in PowerShell:\n");
        for (name, username) in &variables {
            let _ = writeln!(
                text,
                "  $env:{name} = (Get-Credential -UserName '{}' -Message proofload).GetNetworkCredential().Password",
                username.replace('\'', "''")
            );
        }
    }
    let config = if args.config == Path::new(DEFAULT_FILE) {
        String::new()
    } else {
        format!(" --config {}", args.config.display())
    };
    let _ = write!(
        text,
        "\nnext: proofload doctor{config} --target {0}\n      proofload validate{config} --target {0}\n",
        plan.name
    );
    proofload_results::text::block(&text)
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
