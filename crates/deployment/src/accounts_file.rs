//! Accounts in a CSV file, for virtual users with accounts of their own.

use crate::config::SecretReader;
use crate::csv::{Row, Table};
use crate::{Account, Permissions};
use proofload_results::plain_file;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use std::collections::HashMap;
use std::path::Path;

/// No such file is longer...
const MAX_BYTES: u64 = 16 << 20;
/// ...nor holds more accounts: nobody has more virtual users.
const MAX_ACCOUNTS: usize = 100_000;

const COLUMNS: [&str; 4] = ["name", "username", "password", "password_env"];

/// Reads accounts from a file whose first line names its columns: `username`, and `password` or `password_env` (the environment
/// variable that holds it); `name`, by which reports call it, may be left out.
///
/// # Errors
/// One sentence: the file cannot be read, or a line is wrong, which is named with its number.
pub fn read_accounts(path: &Path, secrets: &dyn SecretReader) -> Result<Vec<Account>, String> {
    let shown = path.display();
    let bytes =
        plain_file::read(path, MAX_BYTES).map_err(|error| format!("cannot read the accounts in {shown}: {error}"))?;
    // Dropped, it is wiped: it may hold passwords.
    let bytes: SecretSlice<u8> = bytes.into();
    if plain_file::is_utf16(bytes.expose_secret()) {
        return Err(format!("cannot read the accounts in {shown}: {}", plain_file::UTF16));
    }
    let text = std::str::from_utf8(bytes.expose_secret()).map_err(|error| {
        format!(
            "the accounts in {shown} are not UTF-8 text, from byte {} on",
            error.valid_up_to()
        )
    })?;
    accounts(text, secrets).map_err(|why| format!("{shown}, {why}"))
}

fn accounts(text: &str, secrets: &dyn SecretReader) -> Result<Vec<Account>, String> {
    let mut table = Table::read(text, MAX_ACCOUNTS).map_err(|error| error.to_string())?;
    for column in &mut table.columns {
        column.make_ascii_lowercase();
    }
    if let Some(place) = table.columns.iter().position(|name| !COLUMNS.contains(&name.as_str())) {
        // Without a line of names, or in the wrong file, it is somebody's password that stands there.
        return Err(format!(
            "line 1: what stands at place {} of it is none of the columns {}; the first line names the columns, separated by commas or semicolons (it is not repeated: it may hold a password)",
            place + 1,
            COLUMNS.join(", ")
        ));
    }
    for (place, column) in table.columns.iter().enumerate() {
        if table.columns[..place].contains(column) {
            return Err(format!("line 1: the column {column} stands there twice"));
        }
    }
    let columns = COLUMNS.map(|name| table.column(name));
    if columns[1].is_none() || (columns[2].is_none() && columns[3].is_none()) {
        return Err(
            "line 1: a column username is needed, and password or password_env (the environment variable that holds it)"
                .to_owned(),
        );
    }
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut names: HashMap<String, usize> = HashMap::new();
    let mut accounts = Vec::new();
    for row in &mut table.rows {
        let line = row.line;
        let account = account(row, columns, secrets).map_err(|why| format!("line {line}: {why}"))?;
        if let Some(before) = seen.insert(account.username.clone(), line) {
            return Err(format!("line {line}: its username stands on line {before} already"));
        }
        if let Some(before) = names.insert(account.name.clone(), line) {
            return Err(format!(
                "line {line}: its name stands on line {before} already, and reports tell accounts apart by it"
            ));
        }
        accounts.push(account);
    }
    if accounts.is_empty() {
        return Err("line 1: no account stands below it".to_owned());
    }
    Ok(accounts)
}

fn account(row: &mut Row<'_>, columns: [Option<usize>; 4], secrets: &dyn SecretReader) -> Result<Account, String> {
    let mut take = |column: usize| {
        let value = columns[column].map(|place| std::mem::take(&mut row.values[place]));
        value.filter(|value| !value.is_empty())
    };
    let username = take(1).map(|name| name.trim().to_owned()).unwrap_or_default();
    if username.is_empty() {
        return Err("it has no username".to_owned());
    }
    let password = match (take(2), take(3)) {
        (Some(password), None) => SecretString::from(password.into_owned()),
        (None, Some(variable)) => {
            let found = secrets.env(variable.trim())?;
            found.ok_or(
                "the environment variable that its password_env names is not set; it should hold its password (the name is not repeated: it may be the password itself)",
            )?
        }
        (Some(_), Some(_)) => return Err("it has a password and a password_env; leave one empty".to_owned()),
        (None, None) => return Err("it has no password".to_owned()),
    };
    Ok(Account {
        name: take(0).map_or_else(|| username.clone(), |name| name.trim().to_owned()),
        username,
        password,
        permissions: Permissions::Untold,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Environment;

    impl SecretReader for Environment {
        fn env(&self, name: &str) -> Result<Option<SecretString>, String> {
            Ok((name == "BERT").then(|| "from the environment".into()))
        }

        fn prompt(&self, _: &str) -> Result<SecretString, String> {
            Err("nobody is asked".to_owned())
        }
    }

    #[test]
    fn passwords_stand_in_the_file_or_in_the_environment() {
        let text = "username,password,name,password_env\nanna,\"a \"\"b\"\"\",A,\nbert,,,BERT\n";
        let accounts = accounts(text, &Environment).unwrap();
        let told = |account: &Account| {
            let password = account.password.expose_secret().to_owned();
            (account.name.clone(), account.username.clone(), password)
        };
        let all: Vec<_> = accounts.iter().map(told).collect();
        let of =
            |name: &str, username: &str, password: &str| (name.to_owned(), username.to_owned(), password.to_owned());
        assert_eq!(
            all,
            [of("A", "anna", "a \"b\""), of("bert", "bert", "from the environment")]
        );
        assert!(!format!("{accounts:?}").contains("environment"));
    }

    #[test]
    fn a_bad_line_is_named_with_its_number() {
        for (text, sentence) in [
            ("username\nanna\n", "line 1: a column username is needed, and password"),
            (
                "user,password\n",
                "line 1: what stands at place 1 of it is none of the columns name, username, password, password_env;",
            ),
            ("username,password\nanna,x\n,y\n", "line 3: it has no username"),
            ("username,password\nanna,\n", "line 2: it has no password"),
            (
                "username,password\nanna,x\nanna,y\n",
                "line 3: its username stands on line 2 already",
            ),
            (
                "username,password_env\nanna,NOBODY\n",
                "line 2: the environment variable that its password_env names is not set",
            ),
            (
                "Username,username,password\nanna,x,y\n",
                "line 1: the column username stands there twice",
            ),
            (
                "name,username,password\nA,anna,x\nA,bert,y\n",
                "line 3: its name stands on line 2 already",
            ),
            (
                "username,password,password_env\nanna,x,BERT\n",
                "line 2: it has a password and a password_env",
            ),
            ("username,password\n", "line 1: no account"),
            ("username,password\nanna,x,y\n", "line 2: it has 3 values"),
        ] {
            let error = accounts(text, &Environment).unwrap_err();
            assert!(error.starts_with(sentence), "{error}");
        }
    }

    #[test]
    fn names_of_columns_may_be_written_in_any_case_and_behind_what_excel_writes() {
        for text in [
            "Username,PASSWORD\nanna,x\n",
            "sep=;\r\nusername;password\r\nanna;x\r\n",
        ] {
            let accounts = accounts(text, &Environment).unwrap();
            assert_eq!(accounts[0].username, "anna", "{text}");
        }
    }

    #[test]
    fn nothing_of_a_file_is_repeated_whatever_is_in_it() {
        for text in [
            "full:SECRETPW9\n",
            "SECRETPW9",
            "SECRETPW9,full\n",
            "full\tSECRETPW9\n",
            "full;SECRETPW9\nanna;SECRETPW9\n",
            "username,password_env\nanna,my-literal-SECRETPW9\n",
            "username,password_env\nanna,SECRETPW9\n",
            "username,password\nSECRETPW9,x,y\n",
            "username,password\nSECRETPW9,x\nSECRETPW9,y\n",
            "name,username,password\nSECRETPW9,a,x\nSECRETPW9,b,y\n",
            "HOME=/root\0PASSWORD=SECRETPW9\0",
        ] {
            let error = accounts(text, &Environment).unwrap_err();
            assert!(!error.contains("SECRETPW9") && error.starts_with("line "), "{error}");
        }
    }
}
