#include "core/procedure.hpp"

#include "base/check.hpp"

namespace hejnal::core {

const ServiceClass* Procedure::gravest_of(const std::vector<std::string>& ids) const {
  const ServiceClass* out = nullptr;  // from the calmest to the gravest they lie in one vector
  for (const std::string& id : ids) {
    const ServiceClass* found = find(id);
    if (found != nullptr && (out == nullptr || found > out)) out = found;
  }
  return out;
}

const ServiceClass* Procedure::find(std::string_view id) const {
  for (const ServiceClass& c : classes) {
    if (c.id == id) return &c;
  }
  return nullptr;
}

const ServiceClass& Procedure::at(std::string_view id) const {
  const ServiceClass* found = find(id);
  return found ? *found : calmest();
}

const ServiceClass& Procedure::shortest_email_alone() const {
  const ServiceClass* best = nullptr;
  for (const ServiceClass& c : classes) {
    if (c.email_alone() && (!best || c.promise.react_within < best->promise.react_within)) best = &c;
  }
  return best ? *best : calmest();
}

const ServiceClass& Procedure::by_sms_distance(Duration distance) const {
  HEJNAL_CHECK(!classes.empty());
  if (distance < 0ms) distance = -distance;
  if (distance <= rules.sms_critical_within) return gravest();
  return distance <= rules.sms_urgent_within ? shortest_email_alone() : calmest();
}

}  // namespace hejnal::core
