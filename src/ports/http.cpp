#include "ports/http.hpp"

namespace hejnal::ports {

namespace {

const Header* find(const std::vector<Header>& list, std::string_view name) {
  for (const Header& header : list) {
    if (header.first == name) return &header;
  }
  return nullptr;
}

}  // namespace

std::string_view Request::header(std::string_view lower_case_name) const {
  const Header* found = find(headers, lower_case_name);
  return found ? std::string_view(found->second) : std::string_view();
}

std::string_view Request::parameter(std::string_view name) const {
  const Header* found = find(query, name);
  return found ? std::string_view(found->second) : std::string_view();
}

bool Request::has_parameter(std::string_view name) const { return find(query, name) != nullptr; }

}  // namespace hejnal::ports
