// SPDX-License-Identifier: BSD-3-Clause

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>

#include "io/hdf5/h5.hpp"
#include "io/hdf5/h5_internal.hpp"

namespace striate::io::h5 {
namespace {

herr_t collect_description(unsigned, const H5E_error2_t* entry, void* out) {
  auto& text = *static_cast<std::string*>(out);
  if (entry->desc != nullptr && *entry->desc != '\0') {
    if (!text.empty()) text += "; ";
    text += entry->desc;
  }
  return 0;
}

/// Closing is collective under MPI-IO. A rank that leaves by an exception leaves alone: it must get to
/// MPI_Abort and not wait here for the others.
herr_t close_unless_unwinding(hid_t id) {
  return std::uncaught_exceptions() > 0 ? 0 : H5Fclose(id);
}

Handle access_properties(const core::Comm& comm) {
  Handle properties(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  if (comm.size() > 1) {
    H5Pset_fapl_mpio(properties.get(), comm.handle(), MPI_INFO_NULL);
    H5Pset_coll_metadata_write(properties.get(), true);
  }
  return properties;
}

}  // namespace

namespace internal {

void silence() {
  static const herr_t once = H5Eset_auto(H5E_DEFAULT, nullptr, nullptr);
  (void)once;
}

Handle open_object(const File& file, const std::string& object) {
  Handle handle(H5Oopen(file.id(), object.c_str(), H5P_DEFAULT), H5Oclose);
  if (!handle.valid()) throw core::FormatError("no object {} ({})", where(file, object), last_error());
  return handle;
}

Handle open_dataset(const File& file, const std::string& dataset) {
  if (!is_dataset(file, dataset))
    throw core::FormatError("no dataset {} (the format needs it)", where(file, dataset));
  Handle handle(H5Dopen(file.id(), dataset.c_str(), H5P_DEFAULT), H5Dclose);
  if (!handle.valid())
    throw core::FormatError("cannot open dataset {} ({}) the file is damaged", where(file, dataset),
                            last_error());
  return handle;
}

TypeClass type_class(hid_t type) {
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
      return TypeClass::integer;
    case H5T_ENUM:
      return TypeClass::integer;
    case H5T_FLOAT:
      return TypeClass::floating;
    case H5T_STRING:
      return TypeClass::string;
    default:
      return TypeClass::other;
  }
}

}  // namespace internal

std::string last_error() {
  std::string text;
  H5Ewalk(H5E_DEFAULT, H5E_WALK_UPWARD, collect_description, &text);
  H5Eclear(H5E_DEFAULT);
  if (text.size() > 300) text.resize(300);
  std::ranges::replace(text, '\n', ' ');  // a message is one line
  return text.empty() ? "no reason given by HDF5" : text;
}

std::string library_version() {
  unsigned major = 0, minor = 0, release = 0;
  H5get_libversion(&major, &minor, &release);
  return fmt::format("{}.{}.{}, parallel", major, minor, release);
}

File File::open(const std::filesystem::path& path, const core::Comm& comm) {
  internal::silence();
  core::require_readable(path, "it is needed as input");
  File file;
  file.path_ = path;
  file.parallel_ = comm.size() > 1;
  file.root_ = comm.is_root();
  file.size_bytes_ = std::filesystem::file_size(path);
  // H5Fopen under MPI-IO hangs or aborts on files that are not HDF5; ask the serial driver first.
  if (H5Fis_hdf5(path.c_str()) <= 0)
    throw core::FormatError("{} is not an HDF5 file ({} bytes; truncated or of another format)", path,
                            file.size_bytes_);
  Handle serial(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  if (!serial.valid()) {
    const auto reason = last_error();
    if (reason.find("lock file") != std::string::npos)
      throw core::SystemError(
          "cannot open {} ({}) set HDF5_USE_FILE_LOCKING=FALSE on file systems without locks", path, reason);
    throw core::FormatError("cannot open {} ({}) the file is truncated or damaged", path, reason);
  }
  if (!file.parallel_) {
    file.handle_ = std::move(serial);
    return file;
  }
  serial.reset();
  file.handle_ =
      Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access_properties(comm).get()), close_unless_unwinding);
  if (!file.handle_.valid()) throw core::FormatError("cannot open {} with MPI-IO ({})", path, last_error());
  return file;
}

File File::open_to_change(const std::filesystem::path& path) {
  File file = open(path);
  file.handle_.reset();
  file.handle_ = Handle(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
  if (!file.handle_.valid()) throw core::SystemError("cannot open {} for writing ({})", path, last_error());
  return file;
}

File File::create(const std::filesystem::path& path, const core::Comm& comm,
                  std::uint64_t page_aligned_from) {
  internal::silence();
  File file;
  file.path_ = path;
  file.parallel_ = comm.size() > 1;
  file.root_ = comm.is_root();
  const auto access = access_properties(comm);
  if (page_aligned_from != 0) H5Pset_alignment(access.get(), page_aligned_from, 4096);
  file.handle_ = Handle(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get()),
                        file.parallel_ ? close_unless_unwinding : H5Fclose);
  if (!file.handle_.valid())
    throw core::SystemError("cannot create {} ({}; {})", path, std::strerror(errno), last_error());
  return file;
}

void File::close() {
  if (!handle_.valid()) return;
  internal::check_write(H5Fflush(handle_.get(), H5F_SCOPE_GLOBAL), *this, "/", "flush");
  handle_.reset();
}

bool is_group(const File& file, const std::string& path) {
  internal::silence();
  if (path == "/") return true;
  for (std::size_t slash = path.find('/', 1);;
       slash = path.find('/', slash + 1)) {  // H5Lexists needs existing parents
    if (H5Lexists(file.id(), path.substr(0, slash).c_str(), H5P_DEFAULT) <= 0) return false;
    if (slash == std::string::npos) break;
  }
  H5O_info_t info;
  return H5Oget_info_by_name2(file.id(), path.c_str(), &info, H5O_INFO_BASIC, H5P_DEFAULT) >= 0 &&
         info.type == H5O_TYPE_GROUP;
}

bool is_dataset(const File& file, const std::string& path) {
  internal::silence();
  const auto slash = path.rfind('/');
  const std::string parent = slash == 0 ? "/" : path.substr(0, slash);
  if (!is_group(file, parent) || H5Lexists(file.id(), path.c_str(), H5P_DEFAULT) <= 0) return false;
  H5O_info_t info;
  return H5Oget_info_by_name2(file.id(), path.c_str(), &info, H5O_INFO_BASIC, H5P_DEFAULT) >= 0 &&
         info.type == H5O_TYPE_DATASET;
}

std::vector<std::string> children(const File& file, const std::string& group) {
  if (!is_group(file, group))
    throw core::FormatError("no group {} (the format needs it)", internal::where(file, group));
  std::vector<std::string> names;
  hsize_t index = 0;
  const auto append = [](hid_t, const char* name, const H5L_info_t*, void* out) -> herr_t {
    static_cast<std::vector<std::string>*>(out)->emplace_back(name);
    return 0;
  };
  if (H5Literate_by_name(file.id(), group.c_str(), H5_INDEX_NAME, H5_ITER_INC, &index, append, &names,
                         H5P_DEFAULT) < 0)
    throw core::FormatError("cannot list {} ({})", internal::where(file, group), last_error());
  std::ranges::sort(names);
  return names;
}

DatasetInfo dataset_info(const File& file, const std::string& dataset) {
  const Handle handle = internal::open_dataset(file, dataset);
  const Handle space(H5Dget_space(handle.get()), H5Sclose);
  const Handle type(H5Dget_type(handle.get()), H5Tclose);
  const Handle properties(H5Dget_create_plist(handle.get()), H5Pclose);
  DatasetInfo info;
  const int rank = H5Sget_simple_extent_ndims(space.get());
  if (rank < 0)
    throw core::FormatError("cannot read the shape of {} ({})", internal::where(file, dataset), last_error());
  std::vector<hsize_t> shape(static_cast<std::size_t>(rank));
  H5Sget_simple_extent_dims(space.get(), shape.data(), nullptr);
  info.shape.assign(shape.begin(), shape.end());
  info.type = internal::type_class(type.get());
  info.item_bytes = H5Tget_size(type.get());
  info.chunked = H5Pget_layout(properties.get()) == H5D_CHUNKED;
  return info;
}

bool has_attribute(const File& file, const std::string& object, const std::string& name) {
  return H5Aexists_by_name(file.id(), object.c_str(), name.c_str(), H5P_DEFAULT) > 0;
}

std::optional<std::string> string_attribute(const File& file, const std::string& object,
                                            const std::string& name) {
  if (!has_attribute(file, object, name)) return std::nullopt;
  const Handle attribute(H5Aopen_by_name(file.id(), object.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT),
                         H5Aclose);
  const Handle type(H5Aget_type(attribute.get()), H5Tclose);
  const Handle space(H5Aget_space(attribute.get()), H5Sclose);
  if (H5Tget_class(type.get()) != H5T_STRING || H5Sget_simple_extent_npoints(space.get()) != 1)
    return std::nullopt;
  if (H5Tis_variable_str(type.get()) > 0) {
    const Handle memory(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(memory.get(), H5T_VARIABLE);
    H5Tset_cset(memory.get(), H5Tget_cset(type.get()));
    char* text = nullptr;
    if (H5Aread(attribute.get(), memory.get(), &text) < 0 || text == nullptr) return std::nullopt;
    std::string result = text;
    H5free_memory(text);
    return result;
  }
  std::string result(H5Tget_size(type.get()), '\0');
  if (H5Aread(attribute.get(), type.get(), result.data()) < 0) return std::nullopt;
  return std::string(result.c_str());
}

std::optional<std::string> enum_or_string_attribute(const File& file, const std::string& object,
                                                    const std::string& name) {
  if (!has_attribute(file, object, name)) return std::nullopt;
  const Handle attribute(H5Aopen_by_name(file.id(), object.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT),
                         H5Aclose);
  const Handle type(H5Aget_type(attribute.get()), H5Tclose);
  if (H5Tget_class(type.get()) != H5T_ENUM) return string_attribute(file, object, name);
  const Handle space(H5Aget_space(attribute.get()), H5Sclose);
  std::vector<char> value(H5Tget_size(type.get()));
  char text[64];
  if (H5Sget_simple_extent_npoints(space.get()) != 1 ||
      H5Aread(attribute.get(), type.get(), value.data()) < 0 ||
      H5Tenum_nameof(type.get(), value.data(), text, sizeof text) < 0)
    return std::nullopt;
  return std::string(text);
}

}  // namespace striate::io::h5
