// People: one person, many addresses and numbers.
#include "store/sqlite/store.hpp"

namespace hejnal::store::sqlite {

Result<std::int64_t> SqliteStore::person_of(std::string_view kind, std::string_view value) {
  if (value.empty()) return 0;
  const bool is_email = kind == "email";
  if (is_email && met_.person != 0 && met_.email == value) return met_.person;
  HEJNAL_TRY(
      const std::int64_t person,
      number_of(db_.query("SELECT person FROM identifiers WHERE kind = ?1 AND value = ?2", kind, value)));
  if (is_email && person != 0) met_ = {std::string(value), person};
  return person;
}

// The cases of a client lie under the number of a person.
Result<std::int64_t> SqliteStore::person_of_client(const core::Party& client) {
  HEJNAL_TRY(const std::int64_t known, person_of("email", client.email));
  if (known != 0 || client.email.empty()) return known;
  HEJNAL_TRY_VOID(learn_person({client.name, client.email, {}, client.organisation}));
  return person_of("email", client.email);
}

namespace {

Result<std::vector<std::string>> texts_of(Result<Rows> found) {
  HEJNAL_TRY(Rows rows, std::move(found));
  std::vector<std::string> out;
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) return out;
    out.push_back(rows.text(0));
  }
}

}  // namespace

Status SqliteStore::learn_person(const core::Party& party) {
  HEJNAL_TRY(std::int64_t person, person_of("email", party.email));
  if (person == 0) {
    HEJNAL_TRY(person, person_of("phone", party.phone));
  }
  const bool is_new = person == 0;
  if (is_new) {
    if (party.email.empty() && party.phone.empty()) return {};
    HEJNAL_TRY_VOID(
        db_.run("INSERT INTO people (name, organisation) VALUES (?1, ?2)", party.name, party.organisation));
    person = db_.last_row_id();
  } else if (!party.name.empty()) {
    HEJNAL_TRY_VOID(db_.run("UPDATE people SET name = ?2 WHERE id = ?1 AND name = ''", person, party.name));
  }
  const auto add = [&](std::string_view kind, const std::string& value) -> Status {
    if (value.empty()) return {};
    return db_.run(
        "INSERT INTO identifiers (kind, value, person, confirmed) VALUES (?1, ?2, ?3, 1) "
        "ON CONFLICT (kind, value) DO UPDATE SET confirmed = 1 WHERE person = excluded.person AND confirmed "
        "= 0",
        kind, value, person);
  };
  HEJNAL_TRY_VOID(add("email", party.email));
  if (is_new && !party.email.empty()) met_ = {party.email, person};
  return add("phone", party.phone);
}

Result<core::Party> SqliteStore::person_by_phone(std::string_view phone) {
  HEJNAL_TRY(const std::int64_t person, person_of("phone", phone));
  core::Party party;
  if (person == 0) return party;
  HEJNAL_TRY(Rows rows, db_.query("SELECT name, organisation, (SELECT value FROM identifiers WHERE person = "
                                  "people.id AND kind = 'email' AND confirmed = 1 "
                                  "ORDER BY value LIMIT 1) FROM people WHERE id = ?1",
                                  person));
  HEJNAL_TRY(const bool found, rows.next());
  if (found) party = {rows.text(0), rows.text(2), std::string(phone), rows.text(1)};
  return party;
}

Result<std::vector<std::string>> SqliteStore::own_phones_of(const core::Party& party) {
  const std::string_view kind = party.email.empty() ? "phone" : "email";
  return texts_of(db_.query(
      "SELECT p.value FROM identifiers e JOIN identifiers p ON p.person = e.person AND p.kind = 'phone' "
      "WHERE e.kind = ?1 AND e.value = ?2 AND e.confirmed = 1 AND p.confirmed = 1 ORDER BY p.value LIMIT 20",
      kind, kind == "phone" ? party.phone : party.email));
}

Result<std::vector<std::string>> SqliteStore::phones_of_email(std::string_view address) {
  return texts_of(db_.query(
      "SELECT p.value FROM identifiers e JOIN identifiers p ON p.person = e.person AND p.kind = 'phone' "
      "WHERE e.kind = 'email' AND e.value = ?1 "
      "UNION SELECT phone FROM numbers WHERE email = ?1 AND standing <> 'refused' ORDER BY 1 LIMIT 20",
      address));
}

Status SqliteStore::merge_people(std::int64_t from, std::int64_t into) {
  if (from == into) return fail(Fault::conflict, "person {} cannot be merged into itself", from);
  HEJNAL_TRY(const std::int64_t there,
             number_of(db_.query("SELECT count(*) FROM people WHERE id IN (?1, ?2)", from, into)));
  if (there != 2) return fail(Fault::not_found, "there is no person {} or no person {}", from, into);
  met_ = {};
  HEJNAL_TRY_VOID(db_.run("UPDATE identifiers SET person = ?2, confirmed = 1 WHERE person = ?1", from, into));
  HEJNAL_TRY_VOID(
      db_.run("UPDATE cases SET client_person = ?2 WHERE number IN (SELECT number FROM cases WHERE "
              "open = 1 AND client_person <> 0 AND client_person = ?1)",
              from, into));
  return db_.run("DELETE FROM people WHERE id = ?1", from);
}

Status SqliteStore::name_organisation(std::int64_t person, std::string_view organisation) {
  HEJNAL_TRY_VOID(db_.run("UPDATE people SET organisation = ?2 WHERE id = ?1", person, organisation));
  if (db_.changes() == 0) return fail(Fault::not_found, "there is no person {}", person);
  return {};
}

}  // namespace hejnal::store::sqlite
