// Parts of the readers that have files of their own: what a page of a person, an organisation, the channels
// or a report asks for. Each works on the reader's connection.
#pragma once

#include <string_view>
#include <vector>

#include "ports/store.hpp"
#include "store/sqlite/database.hpp"

namespace hejnal::store::sqlite {

// A person's row in the columns of kPersonColumns.
inline constexpr const char* kPersonColumns =
    "id, name, organisation, "
    "(SELECT group_concat(value, char(31)) FROM identifiers WHERE person = people.id AND kind = 'email'), "
    "(SELECT group_concat(value, char(31)) FROM identifiers WHERE person = people.id AND kind = 'phone'), "
    "EXISTS (SELECT 1 FROM identifiers i JOIN sms_contacts s ON s.phone = i.value WHERE i.person = people.id "
    "AND "
    "i.kind = 'phone')";
Result<std::vector<ports::PersonRow>> read_people(Database& db, Result<Rows> rows);

Result<std::vector<ports::PersonRow>> people_of(Database& db, std::string_view organisation, int limit);
Result<std::vector<ports::NumberRow>> numbers_of(Database& db, const ports::PersonRow& person, int limit);
Result<std::vector<core::CaseNumber>> open_cases_of(Database& db, std::int64_t person, int limit);
Result<std::vector<ports::OrganisationRow>> organisations(Database& db, std::string_view text, int limit,
                                                          std::string_view after);
Result<core::CaseNumber> first_case_since(Database& db, Instant from);
Result<std::vector<core::Figures>> figures(Database& db, core::CaseNumber from, Instant to, int limit);
Result<std::vector<ports::ProcedureVersion>> procedure_versions(Database& db);
// By channel, in the order of core::Channel.
Result<std::vector<ports::Archive::Traffic>> traffic(Database& db, Instant now);

}  // namespace hejnal::store::sqlite
