-- What wrk asks for: a search with other words each time. HEJNAL_QUERY is the path, where %d becomes a number.
local path = os.getenv("HEJNAL_QUERY")
local most = tonumber(os.getenv("HEJNAL_QUERY_MOST") or "1000")
local seed = 0

function setup(thread)
  seed = seed + 1
  thread:set("seed", seed)
end

function init()
  math.randomseed(seed)
end

function request()
  return wrk.format("GET", (string.gsub(path, "%%d", tostring(math.random(1, most)))))
end
