//! `verb!`: a verb that takes one value and gives one, to wait for and to await.

/// The verb and its awaited twin, under the names that Python knows
macro_rules! verb {
    ($verb:ident, $awaited:ident, ($asked:ident: $request:ident) -> $answer:ident) => {
        #[pyo3::pymethods]
        impl SharerHandle {
            fn $verb(&self, py: pyo3::Python<'_>, $asked: &$request) -> pyo3::PyResult<$answer> {
                let (sharer, asked) = (self.0.clone(), $asked.0.clone());
                let answer = async move { sharer.$verb(&asked).await.map($answer) };
                $crate::runtime::block_on(py, answer)
            }

            fn $awaited<'py>(
                &self,
                py: pyo3::Python<'py>,
                $asked: &$request,
            ) -> pyo3::PyResult<pyo3::Bound<'py, pyo3::PyAny>> {
                let (sharer, asked) = (self.0.clone(), $asked.0.clone());
                let answer = async move { sharer.$verb(&asked).await.map($answer) };
                $crate::runtime::spawn(py, answer)
            }
        }
    };
}

pub(crate) use verb;
