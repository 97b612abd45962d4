// A person, and an organisation, with everything that a page about them shows.
#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "api/context.hpp"
#include "base/text.hpp"

namespace hejnal::api {

namespace {

constexpr int kNumbers = 100, kOpen = 50, kRecent = 20, kPeople = 200, kHealthDays = 30;

std::string domain_of(const std::string& email) {
  const auto at = email.rfind('@');
  return at == std::string::npos ? std::string() : email.substr(at + 1);
}

Result<json::Array> open_cases(Context& context, const std::vector<ports::PersonRow>& people) {
  std::set<core::CaseNumber, std::greater<>> numbers;
  for (const ports::PersonRow& person : people) {
    HEJNAL_TRY(const auto some, context.archive.open_cases_of(person.id, kOpen));
    numbers.insert(some.begin(), some.end());
  }
  json::Array out;
  for (const core::CaseNumber number : numbers) {
    if (out.size() >= kOpen) break;
    HEJNAL_TRY(const auto row, context.archive.find(number));
    if (row) out.push_back(case_json(*row, links_for(context)));
  }
  return out;
}

// Closed ones have no index by person: they are searched for by the address or number, as people do.
Result<json::Array> recent_cases(Context& context, const ports::PersonRow& person) {
  std::vector<std::string> words(
      person.emails.begin(),
      person.emails.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(person.emails.size(), 3)));
  words.insert(
      words.end(), person.phones.begin(),
      person.phones.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(person.phones.size(), 3)));
  std::map<core::CaseNumber, json::Object, std::greater<>> found;
  for (const std::string& word : words) {
    ports::CaseQuery query;
    query.text = word;
    query.limit = 2 * kRecent;
    HEJNAL_TRY(const ports::CasePage page, context.archive.cases(query));
    for (const ports::CaseRow& row : page.items) {
      const core::Party& client = row.summary.client;
      const bool theirs =
          (!client.email.empty() && std::count(person.emails.begin(), person.emails.end(), client.email)) ||
          (!client.phone.empty() && std::count(person.phones.begin(), person.phones.end(), client.phone));
      if (theirs) found.emplace(row.summary.number, case_json(row, links_for(context)));
    }
  }
  json::Array out;
  for (auto& [number, one] : found) {
    if (out.size() < kRecent) out.push_back(std::move(one));
  }
  return out;
}

// How announced mail of these domains has come lately; a domain of which none was announced is not named.
Result<json::Array> health_of(Context& context, const std::vector<ports::PersonRow>& people) {
  const Parts& parts = context.parts;
  std::set<std::string> domains;
  for (const ports::PersonRow& person : people) {
    for (const std::string& email : person.emails) domains.insert(domain_of(email));
  }
  HEJNAL_TRY(const auto health, mail_health_of(context.archive, parts.procedure.rules, parts.clock->now(),
                                               kHealthDays, parts.zone));
  json::Array out;
  for (const auto& [domain, count] : health.by_domain()) {
    if (!domain.empty() && domains.contains(domain)) out.push_back(mail_count_json(domain, count));
  }
  return out;
}

}  // namespace

Result<ports::Response> get_person(Context& context) {
  HEJNAL_TRY(const std::int64_t id, whole_number(context.segments.at(0), "id"));
  HEJNAL_TRY(const auto person, context.archive.person(id));
  if (!person) return fail(Fault::not_found, "there is no person {}", id);
  json::Object out = person_json(*person);
  HEJNAL_TRY(const auto numbers, context.archive.numbers_of(*person, kNumbers));
  json::Array list;
  for (const ports::NumberRow& number : numbers) list.push_back(number_json(number));
  out["numbers"] = std::move(list);
  HEJNAL_TRY(out["open_cases"], open_cases(context, {*person}));
  HEJNAL_TRY(out["recent_cases"], recent_cases(context, *person));
  HEJNAL_TRY(out["mail_health"], health_of(context, {*person}));
  return json_response(std::move(out));
}

Result<ports::Response> list_organisations(Context& context) {
  int limit = 200;
  if (context.request.has_parameter("limit")) {
    HEJNAL_TRY(const std::int64_t asked, whole_number(context.request.parameter("limit"), "limit"));
    if (asked < 1 || asked > limit)
      return fail(Fault::malformed, "limit: expected 1 to 200, found {}", asked);
    limit = static_cast<int>(asked);
  }
  HEJNAL_TRY(auto rows,
             context.archive.organisations(sanitize_utf8(context.request.parameter("q")), limit + 1,
                                           sanitize_utf8(context.request.parameter("cursor"))));
  const bool more = rows.size() > static_cast<std::size_t>(limit);
  if (more) rows.pop_back();
  json::Array items;
  for (const ports::OrganisationRow& row : rows)
    items.push_back(json::Object{{"name", row.name}, {"people", row.people}});
  json::Value next(nullptr);
  if (more) next = rows.back().name;
  return json_response(json::Object{{"items", std::move(items)}, {"next", std::move(next)}});
}

Result<ports::Response> get_organisation(Context& context) {
  const std::string name = sanitize_utf8(context.request.parameter("name"));
  if (name.empty()) return fail(Fault::malformed, "name: is missing; expected an organisation");
  HEJNAL_TRY(const auto people, context.archive.people_of(name, kPeople));
  if (people.empty()) return fail(Fault::not_found, "there is no organisation of that name");
  json::Array list;
  std::set<std::string> domains;
  for (const ports::PersonRow& person : people) {
    list.push_back(person_json(person));
    for (const std::string& email : person.emails) domains.insert(domain_of(email));
  }
  json::Array names;
  for (const std::string& domain : domains) {
    if (!domain.empty()) names.push_back(json::Value(domain));
  }
  json::Object out{{"name", name}, {"people", std::move(list)}, {"domains", std::move(names)}};
  HEJNAL_TRY(out["open_cases"], open_cases(context, people));
  HEJNAL_TRY(out["mail_health"], health_of(context, people));
  return json_response(std::move(out));
}

}  // namespace hejnal::api
